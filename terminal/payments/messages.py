"""What may happen to a payment."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.identifiers import OperationNumber
from contracts.money import Money
from fiscal.documents import FiscalDocument, StorageMark


@dataclass(frozen=True, slots=True)
class CheckAnswered:
    """The host would take the payment (`refusal` empty), or not."""

    refusal: str = ""


@dataclass(frozen=True, slots=True)
class EscrowReported:
    """The acceptor holds a note undecided."""

    value: Money


@dataclass(frozen=True, slots=True)
class StackedReported:
    """The acceptor says the note is in the cassette."""

    value: Money


@dataclass(frozen=True, slots=True)
class ReturnedReported:
    """The note went back to the client."""


@dataclass(frozen=True, slots=True)
class LostReported:
    """Nobody can tell where the note is that was ordered to be taken."""

    why: str


@dataclass(frozen=True, slots=True)
class TenderEnded:
    """The client wants no more notes taken, or is gone, and the acceptor has confirmed that it is closed."""

    at: str


@dataclass(frozen=True, slots=True)
class ReceiptReady:
    """The register is ready: it stands at `mark`; forming begins now, by our clock at `at`."""

    mark: StorageMark
    digest: str
    at: str


@dataclass(frozen=True, slots=True)
class ReceiptFormed:
    document: FiscalDocument


@dataclass(frozen=True, slots=True)
class ReceiptNotFormed:
    """Certain: no document came into being."""

    reason: str


@dataclass(frozen=True, slots=True)
class PrintingEnded:
    printed: bool


@dataclass(frozen=True, slots=True)
class HostAccepted:
    operation: OperationNumber
    at: str


@dataclass(frozen=True, slots=True)
class HostRefused:
    code: str
    reason: str


Message = (
    CheckAnswered | EscrowReported | StackedReported | ReturnedReported | LostReported | TenderEnded | ReceiptReady
    | ReceiptFormed | ReceiptNotFormed | PrintingEnded | HostAccepted | HostRefused
)
