"""The register itself: memory that dies with the power, a fiscal storage that does not, a printer, and commands.

`execute` takes one request and returns one answer, at once; the interface makes it last as long as it should. The
commands stand in `printer_commands` and `storage_commands`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from simulator.cable import PowerCut
from simulator.fiscal_register.printer import Printer, Submode
from simulator.fiscal_register.register_clock import RegisterClock
from simulator.fiscal_register.registration import Registration
from simulator.fiscal_register.sale import OpenReceipt
from simulator.fiscal_register.storage import DocumentKind, FiscalStorage, StorageRefused, StoredDocument
from simulator.fiscal_register.tape import Strip

PASSWORD_BYTES = 4
OPERATOR = 30


class MachineRefused(Exception):
    """The register answers with this error code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:02X}")
        self.code = code


class Trap(StrEnum):
    """Where the power goes while a document is being formed."""

    BEFORE_FORM = "before-form"
    AFTER_FORM = "after-form"


@dataclass(slots=True)
class Settings:
    """Ways of the model, changed by the verb `mode`."""

    extended_answers: bool = True
    """FF45 tells date and time."""
    no_growth: bool = False
    """FF45 answers with success and forms nothing, as units in the field have done."""
    cold_start: bool = False
    """After power-up the register waits for confirmation of the date."""
    stray_byte: bool = False
    """A lone FF after the host's last ACK, as over TCP."""
    presenter: bool = False
    slips: bool = True
    storage_silent: bool = False
    """Every question to the storage ends with 30h."""
    silent: bool = False
    """The register takes requests and never answers."""
    refuse: int = 0
    """Error code with which the next FF45 is refused, once."""
    refuse_formed: int = 0
    """Error code with which the next FF45 is answered although it has formed the document, once."""
    formed_late_s: float = 0.0
    """With `refuse_formed`: the document comes into being only so many seconds after the refusal, once, while other
    requests are answered already."""
    half_answer: bool = False
    """The next FF45 forms the document and answers with the first bytes of its answer only, once."""
    password: int | None = None
    """The only one that is taken; None: any."""


@dataclass(slots=True)
class Memory:
    """What the power takes with it."""

    receipt: OpenReceipt | None = None
    slip_open: bool = False
    code: bytearray = field(default_factory=bytearray)
    """Data for a two-dimensional code, by blocks of 64 bytes."""
    output: list[bytes] | None = None
    """Blocks of a document that is being read."""
    copy: list[Strip] | None = None
    wait_for_date: bool = False
    pending_date: date | None = None
    late: asyncio.TimerHandle | None = None
    """What is still to be done for a request that has been answered."""


@dataclass(frozen=True, slots=True)
class Handler:
    """A command: what it does with its parameters, and when the register takes it."""

    act: Callable[[Machine, bytes], bytes]
    prints: bool = False
    has_password: bool = True
    names_operator: bool = False
    any_mode: bool = False
    """Taken also while the date waits for confirmation."""
    in_output: bool = False
    """Taken also while a document is read out."""


class Machine:
    """One register. `changed` is called after the storage got a document."""

    def __init__(
        self, storage: FiscalStorage, registration: Registration, clock: RegisterClock, handlers: dict[bytes, Handler]
    ) -> None:
        self.storage = storage
        self.registration = registration
        self.clock = clock
        self.printer = Printer()
        self.settings = Settings()
        self.memory = Memory()
        self.trap: Trap | None = None
        self.ofd_up = True
        self.changed: Callable[[], None] = lambda: None
        self._handlers = handlers

    def lose_power(self) -> None:
        if self.memory.late is not None:
            self.memory.late.cancel()
        self.memory = Memory(wait_for_date=self.settings.cold_start)
        self.storage.lose_power()
        self.printer.lose_power()

    @property
    def mode(self) -> int:
        """Режим: low nibble with the kind of document in the high one."""
        if self.memory.output is not None:
            return 1
        if self.memory.wait_for_date:
            return 6
        if self.memory.receipt is not None:
            return self.memory.receipt.kind << 4 | 8
        if self.memory.slip_open:
            return 0x48
        if self.storage.shift_opened_at is None:
            return 4
        return 3 if self.storage.overdue(self.clock.now()) else 2

    def execute(self, payload: bytes) -> bytes:
        """The whole answer to a request. Raises `PowerCut` where a trap is set."""
        length = 2 if payload[0] == 0xFF else 1
        code, rest = payload[:length], payload[length:]
        try:
            return code + b"\0" + self._act(code, rest)
        except (MachineRefused, StorageRefused) as refused:
            return code + bytes([refused.code])

    def _act(self, code: bytes, rest: bytes) -> bytes:
        handler = self._handlers.get(code)
        if handler is None:
            raise MachineRefused(0x37)
        if handler.has_password:
            if self.settings.password not in (None, int.from_bytes(rest[:PASSWORD_BYTES], "little")):
                raise MachineRefused(0x4F)
            rest = rest[PASSWORD_BYTES:]
        if code[0] == 0xFF and self.settings.storage_silent:
            raise MachineRefused(0x30)
        self._check_mode(handler)
        if handler.prints:
            self._check_printer()
        self._exchange_with_operator()
        return (bytes([OPERATOR]) if handler.names_operator else b"") + handler.act(self, rest)

    def _check_mode(self, handler: Handler) -> None:
        if self.memory.output is not None and not handler.in_output:
            raise MachineRefused(0x73)
        if self.memory.wait_for_date and not handler.any_mode:
            raise MachineRefused(0xC0)

    def _check_printer(self) -> None:
        match self.printer.submode:
            case Submode.PAPER_OUT | Submode.PAPER_OUT_PRINTING:
                raise MachineRefused(0x6B)
            case Submode.AWAITS_CONTINUE:
                raise MachineRefused(0x58)
            case Submode.PRINTING | Submode.PRINTING_REPORT:
                raise MachineRefused(0x50)
            case Submode.IDLE:
                pass
        if self.printer.overheated:
            raise MachineRefused(0xC9)
        if self.printer.cutter_jammed:
            raise MachineRefused(0x71)

    def _exchange_with_operator(self) -> None:
        """While the line to the operator is up, everything formed before this request has been sent."""
        if self.ofd_up and self.storage.unsent:
            self.storage.deliver()
            self.changed()

    def form(
        self, kind: DocumentKind, *, operation: int = 0, total: int = 0, records: bytes = b""
    ) -> StoredDocument:
        """Form a document, with the power going before or after if a trap says so."""
        now = self.clock.now()
        self.storage.begin(kind, now)
        self._spring(Trap.BEFORE_FORM)
        document = self.storage.form(now, operation=operation, total=total, records=records)
        self.changed()
        self._spring(Trap.AFTER_FORM)
        return document

    def form_late(self, seconds: float, form: Callable[[], object]) -> None:
        """Form a document after so many seconds, or never, when the power goes or the storage refuses."""

        def formed() -> None:
            with suppress(StorageRefused, PowerCut):
                form()

        self.memory.late = asyncio.get_running_loop().call_later(seconds, formed)

    def _spring(self, trap: Trap) -> None:
        if self.trap is trap:
            self.trap = None
            raise PowerCut
