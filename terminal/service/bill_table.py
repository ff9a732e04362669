"""The bill table of the acceptor as the journal keeps it: so that an event that waits at the next start has its value
before the table can be read again."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.money import Money
from terminal.payments.facts import DeviceSeen
from terminal.ports.bill_acceptor import Identified, Note


def detail_of(seen: Identified) -> str:
    """Digest of the raw table, then `code:kopecks:currency` for each note."""
    notes = ",".join(f"{note.code}:{note.value.kopecks}:{note.currency}" for note in seen.notes)
    return f"{seen.table_digest} {notes}"


def notes_of(devices: Iterable[DeviceSeen], device: str) -> tuple[Note, ...]:
    """The notes of the table that was last read from that device; none when it was never seen."""
    detail = next((each.detail for each in devices if each.device == device), "")
    _, _, notes = detail.partition(" ")
    return tuple(_note(each) for each in notes.split(",") if each)


def _note(text: str) -> Note:
    code, kopecks, currency = text.split(":")
    return Note(Money(int(kopecks)), currency, int(code))
