"""Which notes are wanted, which the validator knows, and what it was last told."""

from __future__ import annotations

from contracts.money import Money
from terminal.devices.ccnet.wire import BARCODE_TYPE, BillTable, encode_mask
from terminal.ports.bill_acceptor import Note

REPEAT_ENABLE_AFTER_S = 1.0
"""A validator that took the order but does not follow it is told again no more often than so."""
RUBLE_NAMES = frozenset(("RUS", "RUB", "RUR"))
"""Texts that bill tables of ruble firmwares carry; they are no ISO codes."""
NOTE_VALUES = frozenset(Money.rubles(rubles) for rubles in (5, 10, 50, 100, 200, 500, 1000, 2000, 5000))
"""Banknotes of the Bank of Russia; everything else in a table is a coin or nonsense."""


def ruble_notes(table: BillTable) -> tuple[Note, ...]:
    """The banknotes in rubles of a bill table."""
    return tuple(
        Note(each.value, each.country, each.code)
        for each in table.types
        if each.value in NOTE_VALUES and each.value is not None
        and each.country in RUBLE_NAMES and each.code != BARCODE_TYPE
    )


class Enabling:
    """What is wanted against what the validator was told. The escrow mask always equals the enable mask: no note
    is ever stacked without a decision of ours."""

    def __init__(self) -> None:
        self.wanted_values: frozenset[Money] = frozenset()
        self.is_closing = False
        """An order to close has not been confirmed yet."""
        self._notes: tuple[Note, ...] = ()
        self._told: frozenset[int] | None = None
        self._told_at = float("-inf")
        self._opened: frozenset[int] | None = None

    @property
    def is_open(self) -> bool:
        """Whether the validator was told to take anything."""
        return bool(self._told)

    @property
    def is_closed(self) -> bool:
        """Whether the validator is known to take nothing."""
        return self._told == frozenset()

    def want(self, values: frozenset[Money]) -> None:
        self.wanted_values = values
        self.is_closing = not values

    def table_read(self, notes: tuple[Note, ...]) -> None:
        self._notes = notes

    def forgotten(self) -> None:
        """The validator may have forgotten what it was told: it restarted, or it did not answer."""
        self._told = None
        self._opened = None

    def table_forgotten(self) -> None:
        """Another validator may have taken its place: nothing is wanted until the bill table is read."""
        self._notes = ()
        self.forgotten()

    def seen_disabled(self) -> None:
        """The validator says that it takes nothing."""
        if self._told is None:
            self._told = frozenset()

    @property
    def wanted(self) -> frozenset[int]:
        """Types to be taken, known to the table."""
        return frozenset(note.code for note in self._notes if note.value in self.wanted_values)

    def due(self, *, follows: bool, now: float) -> frozenset[int] | None:
        """The types to tell the validator now, or `None`. `follows`: it does what is wanted already."""
        if self._told == self.wanted and (follows or now - self._told_at < REPEAT_ENABLE_AFTER_S):
            return None
        return self.wanted

    def told(self, types: frozenset[int], now: float, *, is_confirmed: bool) -> frozenset[Money] | None:
        """The types were told. Gives the values that are taken from now on, if that is news."""
        self._told_at = now
        if not is_confirmed:
            # It may have closed: the next confirmed opening is news, even of the same values.
            self.forgotten()
            return None
        self._told = types
        if self._opened == types:
            return None
        self._opened = types
        return frozenset(note.value for note in self._notes if note.code in types) or None


def enable_data(types: frozenset[int]) -> bytes:
    """Data of the command that enables these types, every one of them with escrow."""
    mask = encode_mask(types)
    return mask + mask
