"""Where everything of one bench lies: one directory, nothing outside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MAX_SOCKET_PATH_BYTES = 107
"""What the kernel allows for the name of a Unix socket."""


@dataclass(frozen=True, slots=True)
class BenchLayout:
    """Paths inside the bench's directory, which is absolute."""

    directory: Path

    @property
    def configuration(self) -> Path:
        return self.directory / "terminal.toml"

    @property
    def register_password(self) -> Path:
        return self.directory / "register.password"

    @property
    def host_credentials(self) -> Path:
        """One file for both sides: the terminal shows the token in it, the host wants to see it."""
        return self.directory / "billing.credentials"

    @property
    def lock(self) -> Path:
        return self.directory / "bench.lock"

    @property
    def state(self) -> Path:
        """The terminal's own state: journal, vault, ledger of the watchdog."""
        return self.directory / "state"

    @property
    def devices(self) -> Path:
        """What emulated devices and the billing host remember: cassette, fiscal storage, accounts."""
        return self.directory / "devices"

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def tape_picture(self) -> Path:
        return self.directory / "tape.png"

    @property
    def service_socket(self) -> Path:
        return self.socket("service")

    @property
    def mirror_socket(self) -> Path:
        return self.socket("mirror")

    def link(self, device: str) -> Path:
        """The stable name of a device's line."""
        return self.directory / "lines" / device

    def socket(self, name: str) -> Path:
        return self.directory / "sockets" / f"{name}.sock"

    def log(self, program: str) -> Path:
        return self.logs / f"{program}.log"


def layout_of(directory: Path) -> BenchLayout:
    """The layout of a directory. Raises `ValueError` when its name is too long for the sockets in it."""
    layout = BenchLayout(directory.absolute())
    longest = max((layout.socket(name) for name in ("bill-acceptor", "fiscal-register", "service")),
                  key=lambda path: len(bytes(path)))
    excess = len(bytes(longest)) - MAX_SOCKET_PATH_BYTES
    if excess > 0:
        raise ValueError(f"the path {layout.directory} is {excess} bytes too long for the sockets in it")
    return layout
