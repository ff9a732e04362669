"""The few sizes of the product that are made small in a simulation, where thousands of terminals are made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from terminal.journal import database, migrations, settings
from terminal.service import register_watch

SURVEY_S = 8.0


@contextmanager
def made_small() -> Iterator[None]:
    """The journal's log is not grown to its full size ahead of time: four megabytes for every disk of every run. The
    schema's scripts are read once, and a register at rest is looked at less often: most of what an idle terminal
    does."""
    scripts = migrations._scripts(migrations.SCHEMA)
    with (
        patch.object(database, "GROWTH_NEEDS_BYTES", 0),
        patch.object(settings, "GROWN_WAL_BYTES", 0),
        patch.object(migrations, "_scripts", lambda _directory: scripts),
        patch.object(register_watch, "SURVEY_S", SURVEY_S),
    ):
        yield
