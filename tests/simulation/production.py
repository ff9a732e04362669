"""What of the product is made small or led elsewhere in a simulation, where thousands of terminals are made."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import apsw

from terminal.journal import content_tables, database, migrations
from terminal.service import register_watch
from tests.simulation.disk import SimulatedDisk

SURVEY_S = 8.0


def _fresh_schema() -> bytes:
    """A journal without records."""
    connection = apsw.Connection(":memory:")
    migrations.migrate(connection)
    image = connection.serialize("main")
    connection.close()
    return image


@contextmanager
def simulated(disk: SimulatedDisk) -> Iterator[None]:
    """What the product asks of the system about its log is asked of the simulated disk. The log is not grown ahead of
    time, as on a disk with little space: it would be four megabytes for every disk of every run. The schema's scripts
    are read once, the fresh schema that a journal's is compared with is made once, and a register at rest is looked at
    less often."""
    scripts = migrations._scripts(migrations.SCHEMA)
    fresh = _fresh_schema()
    with (
        patch.object(database, "GROWTH_NEEDS_BYTES", sys.maxsize),
        patch.object(migrations, "_scripts", lambda _directory: scripts),
        patch.object(content_tables, "migrate", lambda connection: connection.deserialize("main", fresh)),
        patch.object(register_watch, "SURVEY_S", SURVEY_S),
        patch.object(database, "read_afresh", lambda path: disk.read_afresh(os.fspath(path))),
    ):
        yield
