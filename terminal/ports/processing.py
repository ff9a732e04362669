"""Port of the supplier's billing host.

Every call either answers, or raises one of two things: `NotSent` (certain: the host has seen nothing) or
`TransferUnknown` (it may have). Refusals are values. Writes are idempotent by key at the host: sending the same
submission again is always safe and is the way to ask what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contracts.checkpoint import Countersignature, SignedCheckpoint
from contracts.identifiers import AccountNumber, IdempotencyKey, OperationNumber, TerminalId
from contracts.money import Money
from terminal.accounts.account import AccountCard, LookupRefusal
from terminal.ports.records import DayTotals


class TransferError(Exception):
    """The network or the host; somebody else than the client must act. `detail` holds no personal data."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotSent(TransferError):
    """Certain: nothing reached the host (no connection)."""


class TransferUnknown(TransferError):
    """Sent, and no usable answer: time-out, half a reply, HTML, another request's reply, 500, 429."""

    def __init__(self, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s
        """What the host asked for (429, 503), if anything."""


class NotOffered(TransferError):
    """The protocol has no such thing, now or later."""


class KeyConflict(TransferError):
    """The host holds another body under this key (HTTP 409). Stop and alarm."""


@dataclass(frozen=True, slots=True)
class AddressQuery:
    """Search by address, as typed."""

    locality: str
    street: str
    house: str
    flat: str = ""


@dataclass(frozen=True, slots=True)
class PaymentSubmission:
    """A funded payment on its way to the supplier."""

    key: IdempotencyKey
    number: int
    """Payment number on the terminal; with the terminal it makes the OSMP `txn_id`."""
    terminal: TerminalId
    account: AccountNumber
    amount: Money
    paid_at: datetime
    """Zone-aware."""
    tender: str = "cash"


@dataclass(frozen=True, slots=True)
class RegisterReading:
    meter: str
    zone: str
    kwh: int


@dataclass(frozen=True, slots=True)
class ReadingsSubmission:
    key: IdempotencyKey
    terminal: TerminalId
    account: AccountNumber
    taken_at: datetime
    readings: tuple[RegisterReading, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The host has it, now or already before."""

    operation: OperationNumber
    balance: Money | None = None
    """Balance of the account after it, if told: positive a debt."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The host will never take it."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotKnown:
    """The host has never seen that key."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The host has kept a checkpoint and counter-signed it. The signature is still to be verified."""

    by: Countersignature
    first: bool
    """Whether the host says that it kept nothing of this terminal before."""


@dataclass(frozen=True, slots=True)
class Contradicted:
    """The host keeps another checkpoint of this terminal, which the one sent does not go on from. Whether `seen` is
    the terminal's own is still to be verified."""

    seen: SignedCheckpoint


class Processing(Protocol):
    async def find_account(self, query: AccountNumber | AddressQuery) -> AccountCard | LookupRefusal:
        """Raises `TransferError`."""
        ...

    async def check_payment(self, account: AccountNumber, amount: Money) -> Refused | None:
        """Ask whether a payment would be taken; no side effect. Raises `TransferError`."""
        ...

    async def submit_payment(self, payment: PaymentSubmission) -> Accepted | Refused:
        """Raises `NotSent`, `TransferUnknown` or `KeyConflict`."""
        ...

    @property
    def batch_limit(self) -> int:
        """Payments that `submit_batch` takes at once; 1 when the protocol knows no batches."""
        ...

    async def submit_batch(
        self, payments: Sequence[PaymentSubmission]
    ) -> Mapping[IdempotencyKey, Accepted | Refused | KeyConflict]:
        """Several payments in one exchange, each under its own key; one never spoils another.
        Raises `NotSent` or `TransferUnknown` for all of them."""
        ...

    async def submit_readings(self, readings: ReadingsSubmission) -> Accepted | Refused:
        """Raises `NotSent`, `TransferUnknown` or `KeyConflict`."""
        ...

    async def reach(self) -> None:
        """Ask for nothing, to learn whether the host answers. Raises `TransferError`."""
        ...

    async def status(self, key: IdempotencyKey) -> Accepted | Refused | NotKnown:
        """What became of a key. Raises `TransferError`."""
        ...

    async def close_day(self, terminal: TerminalId, totals: DayTotals) -> DayTotals:
        """Tell ours, get theirs. Raises `TransferError`; `NotOffered` when days are compared by registry."""
        ...

    async def witness(self, signed: SignedCheckpoint) -> Witnessed | Contradicted | Refused:
        """Have a checkpoint of the journal counter-signed; sending it again is harmless. `Refused` with the code
        `unknown-key` when the host knows the terminal with another key. Raises `TransferError`; `NotOffered` when
        the protocol or the host has no such thing."""
        ...
