"""A journal on the disk held against what was acknowledged and against what the devices and the host know."""

from __future__ import annotations

from collections import Counter
from typing import Any

from contracts.identifiers import PaymentNumber, payment_key
from terminal.journal.opening import OpenedJournal
from terminal.journal.verify import verify
from terminal.payments.payment import Payment, fold
from tests.real.composition import TERMINAL, Place, open_store
from tests.real.truth import Event, Truth
from tests.real.words import Belief, Lost


def audit(place: Place, belief: Belief) -> None:
    """Open the journal as the next process would and check it. Raises `Lost`."""
    opened = open_store(place)
    truth = Truth(place.truth)
    try:
        if opened.broken:
            raise Lost(f"identities: {opened.broken}")
        sequence, head = opened.journal.head
        belief.found(sequence, head.hex())
        _require_numbers(opened)
        _require_truth(opened, truth)
    finally:
        truth.close()
        opened.journal.close()


def audit_at_rest(place: Place) -> None:
    """Everything is settled: the whole journal is verified, and nothing is open anywhere. Raises `Lost`."""
    report = verify(place.journal)
    if not report.sound or report.open_payments or report.unsent:
        raise Lost(f"{report.broken} {report.damage} open {report.open_payments} unsent {report.unsent}")
    opened = open_store(place)
    truth = Truth(place.truth)
    try:
        sums = _sums(opened)
        _require_equal("credited and stacked", sums["C20"], truth.sums(Event.STACKED))
        _require_equal("funded and documents", sums["S20"], truth.sums(Event.FORMED))
        _require_equal("accepted and held", sums["S30"], truth.sums(Event.HELD))
        _require_equal("refused", sums["S31"], truth.sums(Event.REFUSED))
        _require_equal("credited and funded", sums["C20"], sums["S20"])
    finally:
        truth.close()
        opened.journal.close()


def _require_numbers(opened: OpenedJournal) -> None:
    """The next payment's number follows the last one's, and no two rows leave under one key."""
    created = _column(opened, "SELECT payment FROM record WHERE kind = 'S00' ORDER BY seq")
    if created != list(range(1, len(created) + 1)):
        raise Lost(f"payment numbers {created}")
    if opened.journal.next_payment() != len(created) + 1:
        raise Lost(f"the next payment is {opened.journal.next_payment()}, the last one {len(created)}")
    funded = _column(opened, "SELECT payment FROM record WHERE kind = 'S20' ORDER BY payment")
    keys = _column(opened, "SELECT key FROM outbox ORDER BY key")
    if keys != sorted(payment_key(TERMINAL, PaymentNumber(each)) for each in funded):
        raise Lost(f"outbox keys {keys} for payments {funded}")


def _require_truth(opened: OpenedJournal, truth: Truth) -> None:
    """What the journal says happened, happened; what happened and is not there yet has its intent on record."""
    payments = [fold(tuple(facts)) for facts in opened.journal.open_payments().values()]
    stacked, credited = truth.sums(Event.STACKED), _sums(opened)["C20"]
    for payment in payments:
        if payment.pending is not None and truth.knows(Event.STACKED, payment.number, payment.pending.note):
            credited[payment.number] += payment.pending.value.kopecks
    _require_equal("credited and stacked", credited, stacked)
    registered = _sums(opened)["F20"]
    for payment in payments:
        if _receipt_asked_for(payment) and truth.knows(Event.FORMED, payment.number):
            registered[payment.number] += payment.inserted.kopecks
    _require_equal("registered and formed", registered, truth.sums(Event.FORMED))


def _receipt_asked_for(payment: Payment) -> bool:
    return payment.receipt.requested is not None and payment.receipt.registered is None


def _sums(opened: OpenedJournal) -> dict[str, Counter[int]]:
    """Kopecks by payment of each kind of record that moves money."""
    sums: dict[str, Counter[int]] = {kind: Counter() for kind in ("C20", "S20", "S30", "S31", "F20")}
    select = (
        "SELECT kind, payment, coalesce(body ->> '$.value', body ->> '$.total') FROM record"
        f" WHERE kind IN ({', '.join(repr(kind) for kind in sums)})"
    )
    for kind, payment, kopecks in opened.journal._database.connection.execute(select):
        sums[kind][payment] += kopecks
    return sums


def _column(opened: OpenedJournal, select: str) -> list[Any]:
    return [value for (value,) in opened.journal._database.connection.execute(select)]


def _require_equal(what: str, one: Counter[int], other: Counter[int]) -> None:
    if +one != +other:
        raise Lost(f"{what}: {dict(one - other)} against {dict(other - one)}")
