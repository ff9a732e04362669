"""Bill tables as firmwares ship them. The key of a value is rubles (or units of the foreign currency)."""

from __future__ import annotations

from terminal.devices.ccnet.wire import BillTable, BillType

_STANDARD = (
    BillType(2, 1, "RUS", 1),
    BillType(3, 5, "RUS", 1),
    BillType(4, 1, "RUS", 2),
    BillType(5, 5, "RUS", 2),
    BillType(6, 1, "RUS", 3),
    BillType(7, 5, "RUS", 3),
    BillType(12, 2, "RUS", 2),
    BillType(13, 2, "RUS", 3),
)
_COINS = (
    BillType(8, 1, "RUS", 0),
    BillType(9, 2, "RUS", 0),
    BillType(10, 5, "RUS", -1),
    BillType(11, 1, "RUS", -1),
)

TABLES = {
    "standard": BillTable(_STANDARD),
    "coins": BillTable(tuple(sorted(_STANDARD + _COINS, key=lambda each: each.code))),
    "gaps": BillTable((BillType(0, 5, "RUR", 1), BillType(9, 1, "RUR", 2), BillType(22, 5, "RUR", 3))),
    "foreign": BillTable((BillType(0, 1, "USA", 0), BillType(4, 2, "USA", 1), BillType(5, 1, "USA", 2))),
    "mixed": BillTable((BillType(1, 1, "USA", 2), BillType(4, 1, "RUS", 2), BillType(5, 5, "RUS", 2))),
    "empty": BillTable(()),
}


def code_of(table: BillTable, rubles: int) -> int | None:
    """The type that the validator sees in a note of that value."""
    for each in table.types:
        if each.value is not None and each.value.kopecks == rubles * 100:
            return each.code
    return None
