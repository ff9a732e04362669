"""A journal with its second one on a disk that fails: open it, pay into it, let go of it, look at its content."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from terminal.journal.opening import OpenedJournal, open_journal
from terminal.ports.append_files import AppendFolder
from terminal.ports.records import Step
from tests.journal import steps
from tests.journal.failing_disk import FailingDisk
from tests.journal.steps import SMALL_BALLAST_BYTES, TERMINAL, ScriptedClock


def opened(directory: Path, folder: AppendFolder | None, disk: FailingDisk | None = None) -> OpenedJournal:
    vfs = None if disk is None else disk.name
    return open_journal(directory / "journal.db", TERMINAL, ScriptedClock(), vfs, SMALL_BALLAST_BYTES, folder)


def abandoned(store: OpenedJournal) -> None:
    """Let go as a killed process does."""
    store.journal._database._failed = True
    store.journal._database.close()


def pay(store: OpenedJournal, *numbers: int) -> None:
    for number in numbers:
        for step in steps.whole_payment(number):
            store.journal.append(step)


def steps_that_follow(store: OpenedJournal) -> Iterator[Step]:
    """From wherever the journal stands, payments for ever."""
    for number, facts in store.journal.open_payments().items():
        yield from steps.whole_payment(number)[len(facts) :]
    for following in itertools.count(store.journal.next_payment()):
        yield from steps.whole_payment(following)


def content_of(store: OpenedJournal) -> dict[str, list[tuple[object, ...]]]:
    """Every table of the journal."""
    connection = store.journal._database.connection
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return {str(name): sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for (name,) in tables}
