"""The slots that a payment has taken, as its row holds them: the way to its records.

The text begins with a comma and goes on with `slot:record,` for each record in order: ",S00:12,S10:13,C10.1:14,".
It is written by a trigger of the schema alone, which lets no slot be taken twice.
"""

from __future__ import annotations

from collections.abc import Iterator

import apsw

from terminal.payments.codec import from_body
from terminal.payments.facts import PaymentFact

_TAKEN = "SELECT taken FROM payment WHERE number = ?"
_RECORD = "SELECT kind, body FROM record WHERE seq = ?"


def record_in(slot: str) -> str:
    """SQL for the record that took a slot of `payment`, for slots of three characters; 0, which no record has, when
    the slot is not taken.

    A cast takes the digits up to the next comma; without the slot it begins at the first entry's colon and finds none.
    """
    assert len(slot) == len("S00")
    return f"CAST(substr(payment.taken, instr(payment.taken, ',{slot}:') + length(',S00:')) AS INTEGER)"


def entry(slot: str, seq: int) -> str:
    """What a record adds to the text."""
    return f"{slot}:{seq},"


def records_of(connection: apsw.Connection, payment: int) -> Iterator[tuple[int, str, str]]:
    """Number, kind and body of a payment's records in order; none for a payment that never was.

    Raises `ValueError` when the text does not lead to records.
    """
    row = connection.execute(_TAKEN, (payment,)).fetchone()
    for taken in () if row is None else str(row[0]).split(",")[1:-1]:
        seq = int(taken.partition(":")[2])
        found = connection.execute(_RECORD, (seq,)).fetchone()
        if found is None:
            raise ValueError(f"payment {payment}: record {seq} is missing")
        yield seq, str(found[0]), str(found[1])


def facts_of(connection: apsw.Connection, payment: int) -> list[PaymentFact]:
    """A payment's facts in order. Raises `ValueError` as `records_of` does, and for a body that does not fit."""
    facts = []
    for seq, kind, body in records_of(connection, payment):
        fact = from_body(kind, body)
        if not isinstance(fact, PaymentFact):
            raise ValueError(f"payment {payment}: record {seq} ({kind}) is not of a payment")
        facts.append(fact)
    return facts
