"""Journals written quickly for measurements: right records through the journal's own writing, without its syncs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

import apsw

from contracts.identifiers import TerminalId
from terminal.journal.audit_chain import genesis, link
from terminal.journal.migrations import SCHEMA
from terminal.journal.placement import placement
from terminal.journal.running_balances import NOTHING
from terminal.journal.step_writer import write_step
from terminal.payments.codec import to_body
from terminal.payments.facts import PaymentFact
from terminal.ports.records import Step
from tests.journal import steps


def whole_payments() -> Iterator[Step]:
    """Ordinary cash payments of the test terminal, one fact a step, for ever."""
    number = 0
    while True:
        number += 1
        yield from steps.whole_payment(number)


def write_records(file: Path, planned: Iterable[Step], terminal: TerminalId = steps.TERMINAL) -> int:
    """Write steps of one fact each into a fresh journal, in one transaction; the number of records."""
    connection = apsw.Connection(str(file))
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN IMMEDIATE")
    cursor = connection.cursor()
    head, count, balances = genesis(terminal).head, 0, NOTHING
    at = steps.NOON.isoformat(timespec="milliseconds")
    for seq, step in enumerate(planned, start=1):
        (fact,) = step.facts
        assert isinstance(fact, PaymentFact)
        body = to_body(fact)
        head = link(head, seq, at, fact.kind, fact.payment, body)
        row = (seq, at, fact.kind, fact.payment, *placement(fact, seq), body, head)
        balances = write_step(cursor, step, [row], balances)
        count = seq
    connection.execute("COMMIT")
    connection.close()
    return count


def long_journal(directory: Path, records: int) -> Path:
    """A journal of so many records in that directory; made once, about a minute for a million, and kept as long as the
    schema is the same."""
    schema = sha256(b"".join(each.read_bytes() for each in sorted(SCHEMA.glob("*.sql"))))
    made = directory / f"{records}-{schema.hexdigest()[:12]}.made"
    file = directory / "journal.db"
    if not made.exists():
        directory.mkdir(parents=True, exist_ok=True)
        for left in (*directory.glob("journal.db*"), *directory.glob("*.made")):
            left.unlink()
        steps.opened(directory).journal.close()
        write_records(file, islice(whole_payments(), records))
        made.touch()
    return file
