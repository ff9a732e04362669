"""What is agreed with one payee that speaks the OSMP provider protocol."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FieldNames:
    """What the payee calls the things that it shows of an account; they stand in `fields` or right in the answer."""

    balance: str = "balance"
    holder: str = "recipient_name"
    address: str = "address"


@dataclass(frozen=True, slots=True)
class OsmpProfile:
    """What is agreed with one payee."""

    company: str
    company_name: str
    service: str = "electricity"
    service_name: str = "Электроэнергия"
    path: str = ""
    """Below the configured base address."""
    names: FieldNames = field(default_factory=FieldNames)
    balance_is_debt: bool = False
    """Whether a positive balance is owed by the client; most payees show money on the account as positive."""
    by_info: bool = False
    """Look accounts up with `getInfo` in place of `check`."""
    lookup_timeout_s: float = 8.0
    pay_timeout_s: float = 60.0
    """The protocol lets the payee think for 60 s."""
