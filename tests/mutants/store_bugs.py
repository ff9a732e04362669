"""Bugs in the journal: what was acknowledged is lost, half written, or written twice."""

from __future__ import annotations

from tests.mutants.bug import Bug

ABOUT_NOTES = (
    Bug(
        "open-payments-without-disputes",
        "A disputed note is forgotten at a restart once its payment has ended: when it turns up it is nobody's.",
        "terminal/journal/payment_journal.py",
        'select = "SELECT number FROM payment WHERE open = 1 OR disputed > 0 ORDER BY number"',
        'select = "SELECT number FROM payment WHERE open = 1 ORDER BY number"',
    ),
    Bug(
        "nobodys-note-not-counted",
        "A note that belongs to nobody is recorded, but not counted into the cassette: the"
        " collection does not add up.",
        "terminal/journal/step_writer.py",
        """\
        case NoteUnassigned(value=value):
            cursor.execute(_NOTE, (value.kopecks,))
""",
        """\
        case NoteUnassigned():
            pass
""",
    ),
    Bug(
        "dispute-not-in-the-table",
        "The table does not say that a payment has a disputed note: it is closed and the note forgotten.",
        "terminal/journal/step_writer.py",
        "            cursor.execute(_DISPUTE, (1, payment))",
        "            cursor.execute(_DISPUTE, (0, payment))",
    ),
)
BUGS = (
    Bug(
        "sync-normal",
        "A credit shown to the client is gone after a power cut: commits of the log are not synced.",
        "terminal/journal/settings.py",
        'Setting("synchronous", "FULL", 2)',
        'Setting("synchronous", "NORMAL", 1)',
    ),
    Bug(
        "sync-off",
        "As sync-normal, and the file itself may be torn: nothing is synced at all.",
        "terminal/journal/settings.py",
        'Setting("synchronous", "FULL", 2)',
        'Setting("synchronous", "OFF", 0)',
    ),
    Bug(
        "journal-in-memory",
        "The rollback journal lies in memory: a transaction that a cut has halved can be taken back by nobody.",
        "terminal/journal/settings.py",
        'Setting("journal_mode", "WAL", "wal")',
        'Setting("journal_mode", "MEMORY", "memory")',
    ),
    Bug(
        "failed-commit-goes-on",
        "A commit that failed is only logged: notes are taken and receipts formed that no record knows.",
        "terminal/service/payment_book.py",
        '            self._halt(f"the journal did not confirm a record: {error}")\n',
        "",
    ),
    Bug(
        "failed-commit-means-no",
        "After a failed commit the transaction is rolled back and the service goes on as if nothing"
        " had been written.",
        "terminal/journal/database.py",
        '            raise StoreFailed(f"the journal did not confirm: {error}") from error\n       '
        ' self._failed = False',
        """\
            if self._connection.in_transaction:
                self._transaction.execute("ROLLBACK")
            self._failed = False
            return None  # type: ignore[return-value]
        self._failed = False""",
    ),
    Bug(
        "failed-commit-tried-again",
        "A commit that failed is rolled back and done once more on a connection that may see what"
        " the disk never got.",
        "terminal/journal/database.py",
        '            raise StoreFailed(f"the journal did not confirm: {error}") from error\n       '
        ' self._failed = False',
        """\
            if self._connection.in_transaction:
                self._transaction.execute("ROLLBACK")
            self._transaction.execute("BEGIN IMMEDIATE")
            result = work(*args, **kwargs)
            self._transaction.execute("COMMIT")
        self._failed = False""",
    ),
    Bug(
        "tables-in-a-second-transaction",
        "The records of a step are committed before its tables: a cut between them leaves a funded"
        " payment that nobody"
        " sends.",
        "terminal/journal/step_writer.py",
        "        cursor.execute(_RECORD, row + balances)\n",
        '        cursor.execute(_RECORD, row + balances)\n        cursor.execute("COMMIT; BEGIN IMMEDIATE")\n',
    ),
    Bug(
        "outbox-row-in-a-second-transaction",
        "The record of funding is committed before the row that carries the payment: a cut between them and the"
        " supplier never hears of it.",
        "terminal/journal/step_writer.py",
        """\
            cursor.execute(_FUND, values)
            if cursor.connection.changes() == 1:
                return order""",
        """\
            cursor.execute("COMMIT; BEGIN IMMEDIATE")
            cursor.execute(_FUND, values)
            if cursor.connection.changes() == 1:
                return order""",
    ),
    Bug(
        "open-payments-without-unsent",
        "After a restart a funded payment is forgotten: neither receipt nor transfer ever comes.",
        "terminal/journal/payment_journal.py",
        'select = "SELECT number FROM payment WHERE open = 1 OR disputed > 0 ORDER BY number"',
        'select = "SELECT number FROM payment WHERE tendering = 1 OR disputed > 0 ORDER BY number"',
    ),
    Bug(
        "payment-number-used-again",
        "A payment that ended without money gives its number, and so its key, to the next one.",
        "terminal/journal/payment_journal.py",
        '"SELECT max(number) FROM payment"',
        '"SELECT max(number) FROM payment WHERE state IS NOT NULL"',
    ),
    Bug(
        "outbox-gives-up",
        "A payment that went unanswered five times is not sent any more, on no day.",
        "terminal/journal/outbox.py",
        "            if row.next_at <= now:\n",
        "            if row.next_at <= now and row.attempts < 5:\n",
    ),
    Bug(
        "unanswered-row-parked",
        "A payment that went unanswered is put aside for a person when its postponement is written: nobody sends it.",
        "terminal/journal/outbox.py",
        '    f"UPDATE {table} SET attempts = attempts + ?, next_at = ? WHERE key = ? AND state ='
        ' \'due\'" for table in _TABLES',
        '    f"UPDATE {table} SET attempts = ?, state = \'parked\', next_at = ? WHERE key = ? AND state = \'due\'"\n'
        "    for table in _TABLES",
    ),
    Bug(
        "void-leaves-payment-open",
        "The table goes on calling a void payment open: it is taken up again at every start, on and on.",
        "terminal/journal/step_writer.py",
        '"UPDATE payment SET tendering = 0, open = 0 WHERE number = ?"',
        '"UPDATE payment SET tendering = 0 WHERE number = ?"',
    ),
    Bug(
        "day-totals-of-the-funded",
        "The day's registry sums what was paid in instead of what the supplier has taken: the day never agrees.",
        "terminal/journal/day_comparison.py",
        "\"SELECT number, key, accepted FROM payment WHERE accepted IS NOT NULL AND day = ? ORDER BY number\"",
        "\"SELECT number, key, funded FROM payment WHERE funded IS NOT NULL AND day = ? ORDER BY number\"",
    ),
)
