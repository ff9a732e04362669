"""The schema by numbered files: each is applied once, in one transaction with the number it raises.

A file may put a table in the place of another (sqlite.org/lang_altertable.html#otheralter), for which foreign keys are
not looked after meanwhile.
"""

from __future__ import annotations

import re
from pathlib import Path

import apsw

from terminal.ports.records import StoreRefused

SCHEMA = Path(__file__).parent / "schema"
APPLICATION_ID = 0x5445524D
"""Marks the file as ours (`TERM`); sqlite.org/pragma.html#pragma_application_id."""

_NAME = re.compile(r"(\d{4})_[a-z_]+\.sql")


def migrate(connection: apsw.Connection, directory: Path = SCHEMA) -> int:
    """Bring the file to the newest schema; returns its number. Cut off at any point, it is simply done again.

    Raises `StoreRefused` for a file of another program or of a later version of this one.
    """
    scripts = _scripts(directory)
    version = _number(connection, "user_version")
    if version > len(scripts):
        raise StoreRefused(f"the journal has schema {version}, this version knows {len(scripts)}; update the software")
    application = _number(connection, "application_id")
    if application not in ({0} if version == 0 else {APPLICATION_ID}):
        raise StoreRefused("the file is not a journal of this terminal's software")
    if version == len(scripts):
        return version
    enforced = _number(connection, "foreign_keys")
    connection.execute("PRAGMA foreign_keys = OFF")
    for number, script in enumerate(scripts[version:], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(script)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    connection.execute(f"PRAGMA foreign_keys = {enforced}")
    if version > 0:  # the log, which is never cut otherwise, has taken up everything that was written anew
        connection.wal_checkpoint("main", apsw.SQLITE_CHECKPOINT_TRUNCATE)
    return len(scripts)


def _scripts(directory: Path) -> list[str]:
    """Texts of 0001_….sql, 0002_….sql … Raises `StoreRefused` when one is missing."""
    numbered = {int(match[1]): path for path in directory.iterdir() if (match := _NAME.fullmatch(path.name))}
    if not numbered or sorted(numbered) != list(range(1, len(numbered) + 1)):
        raise StoreRefused(f"the installation is damaged: schema files {sorted(numbered)} in {directory}")
    return [numbered[number].read_text(encoding="utf-8") for number in sorted(numbered)]


def _number(connection: apsw.Connection, pragma: str) -> int:
    value = connection.execute(f"PRAGMA {pragma}").fetchone()
    assert value is not None
    return int(value[0])
