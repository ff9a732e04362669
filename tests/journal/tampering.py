"""A journal's file in the hands of somebody whom the schema does not stop."""

from __future__ import annotations

from pathlib import Path

import apsw


def tampering(file: Path) -> apsw.Connection:
    """A connection without triggers, foreign keys and checks."""
    return unguarded(apsw.Connection(str(file)))


def unguarded(connection: apsw.Connection) -> apsw.Connection:
    """Switch the guards of a connection off."""
    assert not connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    return connection
