"""Where the note is: from statuses of the validator to the events of one note after another.

Pure: time comes in, nothing goes out but observations. The rules that money rests on:

- A note is credited when `STACKED` is entered, once. The same type reported again is the same note until something
  moves in the validator again or we have ordered to stack again; neither a lost confirmation nor a restart of the
  validator makes a second credit.
- From the order to stack, or from "bill in stacker" at power-up, until `STACKED` or a return, the note is
  *committed*. A validator that goes on without a word about a committed note has lost it: a dispute.
- A jam is cleared by hand, and a note that had been read goes where the hand puts it: it counts as committed.
- An order to stack that nobody answered is repeated only while the validator still shows the same note and no new
  one can have come.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from enum import Enum, auto

from terminal.devices.ccnet.statuses import SETTLED, reason_of
from terminal.devices.ccnet.wire import Status
from terminal.ports.bill_acceptor import (
    Note,
    NoteArriving,
    NoteInEscrow,
    NoteLost,
    NoteRejected,
    NoteReturned,
    NoteStacked,
    Observation,
    StackRefused,
)

REPEAT_STACK_WITHIN_S = 0.9
"""Shorter than any validator needs to stack one note and read the next one."""
MAX_UNVALUED = 8
"""Notes that wait for the bill table; a validator without one accepts no further note."""

_WITHOUT_NEWS = frozenset((Status.BUSY, Status.INITIALISE, Status.PAUSE, Status.FAILURE))
"""They tell nothing about the note."""
_NOTE_MOVES = frozenset(
    (Status.ACCEPTING, Status.ESCROW, Status.HOLDING, Status.STACKING, Status.RETURNING, Status.REJECTING)
)


class Place(Enum):
    """Where the note is, as far as we know."""

    NOWHERE = auto()
    ARRIVING = auto()
    ESCROW = auto()
    COMMITTED = auto()
    RETURNING = auto()


class NoteCycle:
    """Follows the notes of one validator, through its restarts and through breaks of the line."""

    def __init__(self, remembered: Iterable[Note]) -> None:
        self.place = Place.NOWHERE
        self.note: Note | None = None
        """The note in escrow or committed; `None` when there is none or its type is unknown."""
        self.must_repeat_stack = False
        self._notes = {note.code: note for note in remembered}
        self._table_is_known = bool(self._notes)
        self._unvalued: deque[int] = deque(maxlen=MAX_UNVALUED)
        self._code: int | None = None
        self._last: Status | None = None
        self._credited: int | None = None
        self._stack_orders = 0
        self._stack_ordered_at = 0.0
        self._stacking_seen = False

    @property
    def waits_for_table(self) -> bool:
        """Whether a stacked note cannot be valued yet."""
        return bool(self._unvalued)

    def table_read(self, notes: Iterable[Note]) -> list[Observation]:
        """The bill table is there. Notes that were stacked before it could be read are valued now."""
        self._notes = {note.code: note for note in notes}
        self._table_is_known = True
        waiting = list(self._unvalued)
        self._unvalued.clear()
        return [self._credit(code) for code in waiting]

    def stack_ordered(self, now: float) -> None:
        """The order to stack is about to be sent: from now on the note may be anywhere."""
        if not self._stack_orders:
            self._stack_ordered_at = now
            self._stacking_seen = False
        self._stack_orders += 1
        self.must_repeat_stack = False
        self._credited = None
        self.place = Place.COMMITTED

    def stack_refused(self) -> list[Observation]:
        """The validator answered that it cannot stack. After an unanswered order that proves nothing."""
        if self._stack_orders > 1:
            return []
        self.place = Place.ESCROW
        self._stack_orders = 0
        return [StackRefused()]

    def see(self, status: Status, parameter: int, now: float, *, first: bool = False) -> list[Observation]:
        """Take one answer to POLL. `first` after silence, when nothing before it is known."""
        if status in _WITHOUT_NEWS:
            return []
        entered = status is not self._last
        self._last = status
        if status in _NOTE_MOVES:
            self._credited = None
        if status in SETTLED:
            return self._settle(f"стало «{status.phrase}» без вести о купюре")
        match status:
            case Status.ACCEPTING:
                return self._arriving()
            case Status.ESCROW | Status.HOLDING:
                return self._in_escrow(parameter if status is Status.ESCROW else None, now)
            case Status.STACKING:
                self._stacking_seen = True
                self.place = Place.COMMITTED
            case Status.STACKED:
                return self._stacked(parameter)
            case Status.RETURNING | Status.POWER_UP_BILL_IN_VALIDATOR:
                self.place = Place.RETURNING
            case Status.RETURNED:
                return self._returned(parameter) if entered else []
            case Status.REJECTING:
                return self._rejecting(parameter) if entered else []
            case Status.POWER_UP:
                return self._settle("перезапуск без купюры внутри")
            case Status.POWER_UP_BILL_IN_STACKER:
                if self._credited is None:
                    self.place = Place.COMMITTED
            case Status.JAMMED | Status.CASSETTE_JAMMED:
                if first or self.place not in (Place.NOWHERE, Place.ARRIVING):
                    self.place = Place.COMMITTED
        return []

    def _arriving(self) -> list[Observation]:
        if self.place is Place.ARRIVING:
            return []
        before = self._settle("принимается следующая купюра")
        self.place = Place.ARRIVING
        return [*before, NoteArriving()]

    def _in_escrow(self, code: int | None, now: float) -> list[Observation]:
        is_same = code is None or self._code is None or code == self._code
        if self.place is Place.ESCROW and is_same and (self._code is not None or code is None):
            return []
        if self.place is Place.COMMITTED and is_same and self._may_repeat_stack(now):
            self.must_repeat_stack = True
            return []
        if self.place is Place.ARRIVING or (self.place is Place.ESCROW and is_same):
            before: list[Observation] = []
        else:
            before = self._settle("в накопителе другая купюра")
        self._forget()
        self.place = Place.ESCROW
        self._code = code
        self.note = self._notes.get(code) if code is not None else None
        return [*before, NoteInEscrow(self.note)] if self.note else before

    def _may_repeat_stack(self, now: float) -> bool:
        return (
            self._stack_orders > 0
            and not self._stacking_seen
            and now - self._stack_ordered_at <= REPEAT_STACK_WITHIN_S
        )

    def _stacked(self, code: int) -> list[Observation]:
        self._forget()
        if self._credited == code:
            return []
        self._credited = code
        if not self._table_is_known:
            self._unvalued.append(code)
            return []
        return [self._credit(code)]

    def _credit(self, code: int) -> Observation:
        note = self._notes.get(code)
        return NoteStacked(note) if note else NoteLost(f"уложена купюра типа {code}, которого нет в таблице")

    def _returned(self, code: int) -> list[Observation]:
        note = self._notes.get(code, self.note)
        self._forget()
        return [NoteReturned(note)]

    def _rejecting(self, raw: int) -> list[Observation]:
        match self.place:
            case Place.COMMITTED:
                return []
            case Place.ESCROW | Place.RETURNING:
                return self._settle("")
            case Place.NOWHERE | Place.ARRIVING:
                self._forget()
                return [NoteRejected(reason_of(raw), raw)]

    def _settle(self, why: str) -> list[Observation]:
        """No note is in the validator any more: say what became of the one that was."""
        place, note = self.place, self.note
        self._forget()
        match place:
            case Place.NOWHERE:
                return []
            case Place.COMMITTED:
                return [NoteLost(why)]
            case Place.ARRIVING:
                return [NoteReturned(None)]
            case Place.ESCROW | Place.RETURNING:
                return [NoteReturned(note)]

    def _forget(self) -> None:
        self.place = Place.NOWHERE
        self.note = None
        self.must_repeat_stack = False
        self._code = None
        self._stack_orders = 0
        self._stacking_seen = False
