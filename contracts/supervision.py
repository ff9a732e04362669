"""What the watchdog says of the processes it keeps at work: a small file that others read.

The watchdog replaces the file as a whole, at once when its faults change and otherwise every `RENEWED_S`. A file that
is older, or of another boot, says nothing: its writer is gone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from contracts.faults import ActiveFault, FaultCode

FILE = "watchdog/supervision.json"
"""Within the state directory of the terminal."""
RENEWED_S = 10.0
FRESH_S = 3 * RENEWED_S
MAX_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Supervision:
    """The watchdog's word at one moment."""

    boot: str
    """Id of the boot, `/proc/sys/kernel/random/boot_id`."""
    monotonic_s: float
    """When it was said, by the monotonic clock of that boot, which all processes share."""
    faults: tuple[ActiveFault, ...] = ()
    """What is wrong with the processes now; `detail` names the process."""

    def is_fresh(self, boot: str, monotonic_s: float) -> bool:
        """Whether a watchdog stands behind it at that moment."""
        return self.boot == boot and 0.0 <= monotonic_s - self.monotonic_s <= FRESH_S

    def encode(self) -> bytes:
        faults = [{"code": each.code.value, "detail": each.detail} for each in self.faults]
        body = {"boot": self.boot, "monotonic_s": self.monotonic_s, "faults": faults}
        return json.dumps(body, ensure_ascii=False).encode()


def decode(data: bytes) -> Supervision:
    """Read the file's bytes. Raises `ValueError` when they are not the watchdog's word."""
    if len(data) > MAX_BYTES:
        raise ValueError("too long for the watchdog's word")
    try:
        body = json.loads(data)
        faults = tuple(ActiveFault(FaultCode(each["code"]), str(each["detail"])) for each in body["faults"])
        return Supervision(str(body["boot"]), float(body["monotonic_s"]), faults)
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"not the watchdog's word: {error}") from error
