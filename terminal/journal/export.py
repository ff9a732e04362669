"""The journal as files for accountants and other programs: one CSV or JSON file for each table.

Encrypted data stays behind: neither `sealed` nor the outbox's bodies are exported.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlite_utils

from terminal.journal.copying import copied_file
from terminal.journal.running_balances import ASSETS
from terminal.payments.codec import from_body
from terminal.payments.postings import LedgerAccount, postings_of

_SELECTS = {
    "record": "SELECT seq, at, kind, payment, body, lower(hex(hash)) AS hash FROM record ORDER BY seq",
    "cassette": "SELECT value, stacked, count FROM cassette ORDER BY value",
    "payment": (
        "SELECT number, key, open, tendering, disputed, credit, funded, day, accepted, refused FROM payment"
        " ORDER BY number"
    ),
    "fiscal_document": "SELECT storage, number, payment, total FROM fiscal_document ORDER BY storage, number",
    "outbox": (
        "SELECT sequence, key, kind, state, amount, attempts, created_at, next_at FROM outbox ORDER BY sequence"
    ),
}
POSTING = "posting"
"""Double entry, derived from the records: seq, account, debit, credit in kopecks."""
BALANCE = "balance"
"""The turnover of every account, derived from them as well: account, its normal side, debit, credit in kopecks."""


class ExportFormat(StrEnum):
    CSV = "csv"
    JSON = "json"


def export(path: Path, directory: Path, formats: Iterable[ExportFormat]) -> list[Path]:
    """Write each table of the journal at `path` into `directory`; returns the files written.

    Raises `StoreRefused` when the journal is in use or is none, `OSError` of the directory.
    """
    directory.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with copied_file(path) as copy:
        database = sqlite_utils.Database(copy)
        try:
            for chosen in formats:
                for name in (*_SELECTS, POSTING, BALANCE):
                    target = directory / f"{name}.{chosen.value}"
                    _write(target, chosen, _rows(database, name))
                    written.append(target)
        finally:
            database.close()
    return written


def _rows(database: Any, name: str) -> Iterator[dict[str, object]]:
    match name:
        case "posting":
            yield from _postings(database)
        case "balance":
            yield from _balances(database)
        case _:
            yield from database.query(_SELECTS[name])


def _balances(database: Any) -> Iterator[dict[str, object]]:
    turnover = {account.value: [0, 0] for account in LedgerAccount}
    for line in _postings(database):
        sums = turnover[str(line["account"])]
        sums[0] += int(str(line["debit"]))
        sums[1] += int(str(line["credit"]))
    for account, (debit, credit) in sorted(turnover.items()):
        side = "debit" if LedgerAccount(account) in ASSETS else "credit"
        yield {"account": account, "side": side, "debit": debit, "credit": credit}


def _postings(database: Any) -> Iterator[dict[str, object]]:
    for record in database.query("SELECT seq, kind, body FROM record ORDER BY seq"):
        for line in postings_of(from_body(record["kind"], record["body"])):
            yield {
                "seq": record["seq"],
                "account": line.account.value,
                "debit": line.debit.kopecks,
                "credit": line.credit.kopecks,
            }


def _write(target: Path, chosen: ExportFormat, rows: Iterator[dict[str, object]]) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        match chosen:
            case ExportFormat.CSV:
                first = next(rows, None)
                if first is not None:
                    writer = csv.DictWriter(file, fieldnames=list(first))
                    writer.writeheader()
                    writer.writerow(first)
                    writer.writerows(rows)
            case ExportFormat.JSON:
                file.write("[")
                for number, row in enumerate(rows):
                    file.write(("," if number else "") + "\n" + json.dumps(row, ensure_ascii=False))
                file.write("\n]\n")
