"""Gives translators the client texts of the catalogue of faults, in the form of a Babel extraction method."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from contracts.faults import CATALOGUE

Message = tuple[int, str, str, list[str]]
"""Line, gettext function, message, comments."""


def extract(
    source: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any],
) -> Iterator[Message]:
    """Every client text once; the source file itself is not parsed, the catalogue is asked."""
    del source, keywords, comment_tags, options
    for text in sorted({fault.client_text for fault in CATALOGUE.values() if fault.client_text}):
        yield 1, "gettext", text, []
