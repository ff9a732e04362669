"""The few sizes of the product that are made small in a simulation, where thousands of terminals are made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from terminal.journal import database, settings


@contextmanager
def without_growth() -> Iterator[None]:
    """The journal's log is not grown to its full size ahead of time: four megabytes for every disk of every run."""
    with patch.object(settings, "GROWN_WAL_BYTES", 0), patch.object(database, "GROWTH_NEEDS_BYTES", 0):
        yield
