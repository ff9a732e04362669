"""Names that money and devices are known by.

Each is a distinct type for the checker and a plain string or integer at run time.
"""

from __future__ import annotations

from typing import NewType

TerminalId = NewType("TerminalId", str)
"""A terminal, for example `T-0001`; up to 20 characters, also the automat number (tag 1036)."""

PaymentNumber = NewType("PaymentNumber", int)
"""A payment on one terminal: 1, 2, 3 … without gaps or reuse for the life of the journal."""

IdempotencyKey = NewType("IdempotencyKey", str)
"""One thing that must happen once at the other side, made when the thing is created, never per attempt."""

AccountNumber = NewType("AccountNumber", str)
"""A personal account (лицевой счёт) with the supplier: decimal digits."""

OperationNumber = NewType("OperationNumber", str)
"""The billing host's own number of an accepted payment or reading."""

CaseNumber = NewType("CaseNumber", str)
"""What a client may quote to the operator when money waits for a person to decide, e.g. `T-0001-000123`."""


def payment_key(terminal: TerminalId, number: PaymentNumber) -> IdempotencyKey:
    """The idempotency key of a payment: unique across terminals and for ever."""
    return IdempotencyKey(f"{terminal}-p{number:09d}")


def reading_key(terminal: TerminalId, sequence: int) -> IdempotencyKey:
    """The idempotency key of the readings taken in one go."""
    return IdempotencyKey(f"{terminal}-r{sequence:09d}")


def case_number(terminal: TerminalId, number: PaymentNumber) -> CaseNumber:
    """The number printed on a slip or shown on a page when a payment waits for a decision."""
    return CaseNumber(f"{terminal}-{number:06d}")


def note_case_number(terminal: TerminalId, record: int) -> CaseNumber:
    """The case of a note that belongs to no payment, e.g. `T-0001-note-001234`. `record` is the sequence number of the
    journal's record of that note, so no two notes share a case."""
    return CaseNumber(f"{terminal}-note-{record:06d}")
