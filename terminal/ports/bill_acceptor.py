"""Port of a bill acceptor with escrow.

The driver is one conversation, run by whoever iterates `observations`. The consumer handles each observation to the
end (journal included) before it asks for the next, and only then does the driver confirm the event to the device:
journal first, acknowledge second. Orders (`accept`, `stack` …) only note what is wanted; the conversation carries
them out between polls and answers with observations. Nothing here ever raises for a device that misbehaves.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from contracts.money import Money
from terminal.ports.device import DeviceReport, Identity


@dataclass(frozen=True, slots=True)
class Note:
    """A banknote as the device names it: value, currency text of the bill table, and the device's own type code."""

    value: Money
    currency: str
    code: int


class RejectReason(StrEnum):
    """Why the validator gave a note back by itself, whatever the protocol."""

    INSERTION = "insertion"
    TRANSPORT = "transport"
    IDENTIFICATION = "identification"
    VERIFICATION = "verification"
    MAGNETIC = "magnetic"
    OPTICAL = "optical"
    CAPACITANCE = "capacitance"
    UV = "uv"
    LENGTH = "length"
    DOUBLE = "double"
    INHIBITED = "inhibited"
    OPERATION = "operation"
    BARCODE = "barcode"
    RESIDUAL_NOTE = "residual-note"
    UNKNOWN = "unknown"


class Found(StrEnum):
    """Where a note was when the device was first asked after a restart, of it or of us."""

    NOTHING = "nothing"
    """Powered all along, no note in it, nothing to report."""
    POWERED_UP = "powered-up"
    """Restarted without a note in it."""
    NOTE_IN_PATH = "note-in-path"
    """Restarted with a note that it will give back."""
    NOTE_IN_CASSETTE = "note-in-cassette"
    """Restarted with a note past the point of no return; `NoteStacked` should follow, else `NoteLost`."""
    NOTE_MOVING = "note-moving"
    """A note is being read, stacked or returned right now; the event follows."""


@dataclass(frozen=True, slots=True)
class Identified:
    """Identification and bill table have been read. Given each time the device (re)starts."""

    identity: Identity
    notes: tuple[Note, ...]
    table_digest: str
    """SHA-256 of the raw bill table, hexadecimal, so that a recovered note is valued by the right table."""


@dataclass(frozen=True, slots=True)
class Situation:
    """First word after silence: what the device says before anything was sent that could change it."""

    found: Found


@dataclass(frozen=True, slots=True)
class AcceptanceOpened:
    """Notes of these values are taken from now on."""

    values: frozenset[Money]


@dataclass(frozen=True, slots=True)
class AcceptanceClosed:
    """Confirmed: no note is taken any more and none is in the device."""


@dataclass(frozen=True, slots=True)
class NoteArriving:
    """A note has been pulled in and is being read."""


@dataclass(frozen=True, slots=True)
class NoteInEscrow:
    """The note is held undecided: `stack`, `return_note` or `hold` it within the device's limit (10 s)."""

    note: Note


@dataclass(frozen=True, slots=True)
class StackRefused:
    """The device answered that it cannot stack any more: the note is on its way back, or still in escrow."""


@dataclass(frozen=True, slots=True)
class NoteStacked:
    """The note is in the cassette. The one and only credit event, given once for each note."""

    note: Note


@dataclass(frozen=True, slots=True)
class NoteReturned:
    """The note went back to the client."""

    note: Note | None


@dataclass(frozen=True, slots=True)
class NoteRejected:
    """The validator gave the note back by itself before escrow."""

    reason: RejectReason
    raw: int


@dataclass(frozen=True, slots=True)
class NoteLost:
    """After `stack`, or after a restart with a note in the cassette path, the device went on without saying where
    the note is. Neither a credit nor a return: a dispute."""

    why: str


@dataclass(frozen=True, slots=True)
class CassetteRemoved:
    """The drop cassette is out of position."""


@dataclass(frozen=True, slots=True)
class CassetteInserted:
    """The drop cassette is back."""


@dataclass(frozen=True, slots=True)
class Reported:
    """Condition of the device has changed."""

    report: DeviceReport


Observation = (
    Identified | Situation | AcceptanceOpened | AcceptanceClosed | NoteArriving | NoteInEscrow | StackRefused
    | NoteStacked | NoteReturned | NoteRejected | NoteLost | CassetteRemoved | CassetteInserted | Reported
)


class BillAcceptor(Protocol):
    """One bill acceptor. All methods but `observations` return at once."""

    def observations(self) -> AsyncIterator[Observation]:
        """The conversation: opens the line, keeps it, reconnects for ever. Iterated by one consumer only."""
        ...

    def accept(self, values: frozenset[Money]) -> None:
        """Take notes of these values from now on, all with escrow; an empty set closes acceptance. A note already
        in the device is dealt with first. Values that the device does not know are left out."""
        ...

    def stack(self) -> None:
        """Take the note in escrow. Call only after the intent is on disk."""
        ...

    def return_note(self) -> None:
        """Give the note in escrow back."""
        ...

    def hold(self) -> None:
        """Keep the note in escrow for another 10 s."""
        ...

    @property
    def polls(self) -> int:
        """How many polls were answered since the process started: a life sign."""
        ...
