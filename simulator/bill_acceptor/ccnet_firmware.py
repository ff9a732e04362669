"""The firmware of a CCNET validator over the mechanism: statuses, commands, events and their recovery.

Written from CashCode NET, document 1, revision 2.4.3, and, for the recovery of credits, revision 2.3.1.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from simulator.bill_acceptor.bill_tables import TABLES, code_of
from simulator.bill_acceptor.mechanism import Mechanism, Position
from simulator.bill_acceptor.modes import EventRepeat, Modes, Recovery
from terminal.devices.ccnet.wire import BillTable, Reject, Status, decode_mask

INITIALISE_S = 2.0
UNKNOWN_NOTE = 0xFF


@dataclass(slots=True)
class Flash:
    """What the firmware remembers without power."""

    recoverable: int | None = None
    """Type of a note behind the exit sensor whose stacking has not been reported yet."""


class CcnetFirmware:
    """The states of one validator. `status` and `parameter` are what POLL answers when there is no event."""

    def __init__(self, mechanism: Mechanism, modes: Modes, flash: Flash, *, speed: float = 1.0) -> None:
        self.mechanism = mechanism
        self.modes = modes
        self.flash = flash
        self.status = Status.POWER_UP
        self.parameter = 0
        self.event: tuple[Status, int] | None = None
        """A stacked or returned that is to be reported."""
        self.enabled: frozenset[int] = frozenset()
        self.escrowed: frozenset[int] = frozenset()
        self.security = bytes(3)
        self.reject_next: int | None = None
        self.failure: int | None = None
        self.failure_stays = False
        self.is_powered = False
        self._is_recovering = False
        self._speed = speed
        self._timer: asyncio.TimerHandle | None = None
        self.ordered_in: Callable[[int], None] = lambda _rubles: None
        """Told when an order to stack is about to be obeyed: the rubles of the note."""
        mechanism.watcher = self

    @property
    def table(self) -> BillTable:
        return TABLES[self.modes.table]

    def power_on(self) -> None:
        self.is_powered = True
        self.enabled = self.escrowed = frozenset()
        self.event = None
        position = self.mechanism.places.position
        if position is Position.PASSED or self.flash.recoverable is not None:
            self._become(Status.POWER_UP_BILL_IN_STACKER)
        elif position is not Position.NONE:
            self._become(Status.POWER_UP_BILL_IN_VALIDATOR)
        else:
            self._become(Status.POWER_UP)

    def power_off(self) -> None:
        self.is_powered = False
        self._stop_timer()
        self.mechanism.halt()

    # Commands

    def reset(self) -> None:
        self._is_recovering = self.status is Status.POWER_UP_BILL_IN_STACKER
        self.enabled = self.escrowed = frozenset()
        if self.modes.reset_drops_event:
            self.event = None
            self.flash.recoverable = None
        if not self.failure_stays:
            self.failure = None
        self.initialise()

    def initialise(self) -> None:
        """Start afresh without a power cut: after a reset, after the cassette was put back, after a jam."""
        self.enabled = self.escrowed = frozenset()
        if self.mechanism.places.position is not Position.PASSED:
            self.mechanism.halt()
        self._become(Status.INITIALISE)
        self._after(INITIALISE_S, self._initialised)

    def enable(self, masks: bytes) -> None:
        self.enabled, self.escrowed = decode_mask(masks[:3]), decode_mask(masks[3:])
        if self.status in (Status.IDLING, Status.DISABLED):
            self._rest()

    def stack(self) -> bool:
        if self.status not in (Status.ESCROW, Status.HOLDING):
            return False
        self._become(Status.STACKING)
        self.mechanism.push()
        return True

    def obey_stack(self) -> bool:
        """The host's order, not a hand's."""
        if self.status in (Status.ESCROW, Status.HOLDING):
            self.ordered_in(self.mechanism.places.note)
        return self.stack()

    def give_back(self) -> bool:
        if self.status not in (Status.ESCROW, Status.HOLDING):
            return False
        self._return()
        return True

    def hold(self) -> bool:
        if self.status not in (Status.ESCROW, Status.HOLDING):
            return False
        self._become(Status.HOLDING)
        self._after(self.modes.escrow_limit_s, self._return)
        return True

    def answer_poll(self) -> bytes:
        if self.event is not None:
            return bytes(self.event)
        if self.status is Status.CHEATED:
            self._after(0.0, self._rest)  # told once
            return bytes((Status.CHEATED,))
        if self.status in (Status.REJECTING, Status.FAILURE, Status.ESCROW):
            return bytes((self.status, self.parameter))
        return bytes((self.status,))

    def event_sent(self) -> None:
        """The answer with the event has left completely."""
        if self.modes.recovery is not Recovery.UNTIL_ACK:
            self.flash.recoverable = None
        if self.modes.events is EventRepeat.ONCE:
            self.event = None

    def event_acknowledged(self) -> None:
        self.event = None
        self.flash.recoverable = None

    # What happens to it

    def insert(self, rubles: int) -> None:
        """A client inserts a note. Raises `ValueError` when the validator takes none: the note stays outside."""
        if not self.is_powered or self.status is not Status.IDLING or self.event is not None:
            state = self.status.name.lower() if self.is_powered else "no power"
            raise ValueError(f"takes no note now: {state}")
        self.mechanism.insert(rubles)
        self._become(Status.ACCEPTING)

    def swallow(self, rubles: int) -> None:
        """Take a note in and stack it though nobody has opened the slot: confused, or tested by hand. Raises
        `ValueError` when there is a note in the path."""
        self.mechanism.insert(rubles)
        self._become(Status.STACKING)
        self.mechanism.push()

    def cassette_pulled(self) -> None:
        self._become(Status.CASSETTE_OUT)

    def jammed(self) -> None:
        is_at_cassette = self.mechanism.places.position is Position.PASSED
        self._become(Status.CASSETTE_JAMMED if is_at_cassette else Status.JAMMED)

    def show(self, status: Status, parameter: int = 0) -> None:
        """Go into a status by force: cheated, pause, failure."""
        self._become(status, parameter)

    def resume(self) -> None:
        """Come out of such a status."""
        self._rest()

    # Sensors

    def note_read(self, rubles: int) -> None:
        code = code_of(self.table, rubles)
        reason: int | None = self.reject_next
        self.reject_next = None
        if reason is None and code is None:
            reason = Reject.IDENTIFICATION
        if reason is None and code not in self.enabled:
            reason = Reject.INHIBITED
        if reason is not None or code is None:
            self._become(Status.REJECTING, reason or 0)
            self.mechanism.give_back()
        elif code in self.escrowed and not self.modes.ignore_escrow_mask:
            self._become(Status.ESCROW, code)
            self._after(self.modes.escrow_limit_s, self._return)
        else:
            self._become(Status.STACKING)
            self.mechanism.push()

    def note_passed(self, rubles: int) -> None:
        self.flash.recoverable = self._code(rubles)

    def note_stacked(self, rubles: int) -> None:
        if self._is_recovering and self.modes.recovery is Recovery.NEVER:
            self.flash.recoverable = None
        else:
            self.event = (Status.STACKED, self._code(rubles))
        self._is_recovering = False
        self._rest()

    def note_returned(self, rubles: int) -> None:
        if self.status is not Status.REJECTING:
            self.event = (Status.RETURNED, self._code(rubles))
        self._rest()

    def _code(self, rubles: int) -> int:
        code = code_of(self.table, rubles)
        return UNKNOWN_NOTE if code is None else code

    # Inner workings

    def _initialised(self) -> None:
        """Deal with what was found in the path, then come to rest, disabled."""
        places = self.mechanism.places
        if not places.cassette_present or places.jammed:
            self._rest()
        elif places.position is Position.PASSED:
            self.mechanism.push()
            return
        elif places.position is not Position.NONE:
            self._return()
        else:
            self._recover()
            self._rest()
        self._is_recovering = False

    def _recover(self) -> None:
        """The note had reached the cassette, but its stacking was not reported."""
        code, self.flash.recoverable = self.flash.recoverable, None
        if code is not None and self.event is None and self.modes.recovery is not Recovery.NEVER:
            self.flash.recoverable = code
            self.event = (Status.STACKED, code)

    def _return(self) -> None:
        self._become(Status.RETURNING)
        self.mechanism.give_back()

    def _rest(self) -> None:
        """The status that conditions call for when nothing moves."""
        places = self.mechanism.places
        if self.failure is not None:
            self._become(Status.FAILURE, self.failure)
        elif places.jammed:
            self.jammed()
        elif not places.cassette_present:
            self._become(Status.CASSETTE_OUT)
        elif self.mechanism.is_full:
            self._become(Status.CASSETTE_FULL)
        else:
            self._become(Status.IDLING if self.enabled else Status.DISABLED)

    def _become(self, status: Status, parameter: int = 0) -> None:
        self._stop_timer()
        self.status, self.parameter = status, parameter

    def _after(self, seconds: float, then: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(seconds / self._speed, then)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
