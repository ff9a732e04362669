"""What the service must do after the facts are durable, and never before."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.faults import FaultCode
from fiscal.documents import StorageMark


@dataclass(frozen=True, slots=True)
class StackNote:
    """Tell the acceptor to take the note in escrow."""


@dataclass(frozen=True, slots=True)
class ReturnNote:
    """Tell the acceptor to give the note in escrow back; `too_large` when it would pass the limit."""

    too_large: bool


@dataclass(frozen=True, slots=True)
class FormReceipt:
    """Form the receipt as the document after `after`. Not to be repeated: after silence, read back."""

    after: StorageMark


@dataclass(frozen=True, slots=True)
class FinishPrinting:
    """Look after the paper of the registered receipt."""


@dataclass(frozen=True, slots=True)
class SubmitTransfer:
    """Send the outbox row of this payment now."""


@dataclass(frozen=True, slots=True)
class PrepareReceipt:
    """Make the register ready and begin (again) to form the receipt."""


@dataclass(frozen=True, slots=True)
class RaiseIncident:
    """A person must know. `detail` holds no personal data."""

    code: FaultCode
    detail: str


Effect = StackNote | ReturnNote | FormReceipt | FinishPrinting | SubmitTransfer | PrepareReceipt | RaiseIncident
