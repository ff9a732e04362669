"""The host's memory: one SQLite file. What is inside `transaction` is on disk when it ends, or never was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.billing_host.records import AccountRecord, ChargeRecord, MeterRecord, RegisterRecord

SCHEMA = Path(__file__).with_name("store.sql")
SCHEMA_VERSION = 1


def address_key(locality: str, street: str, house: str, flat: str) -> str:
    """An address as the contract defines it for searches: lower case, no kinds of street or place."""
    return "|".join(_bare(part) for part in (locality, street, house, flat))


class Store:
    """Accounts, charges, meters and operations. `path` may be `:memory:`."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        version = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self.connection.executescript(
                f"BEGIN;\n{SCHEMA.read_text(encoding='utf-8')}\nPRAGMA user_version={SCHEMA_VERSION};\nCOMMIT;")
        elif version != SCHEMA_VERSION:
            raise ValueError(f"{path}: a store of version {version}, this host knows {SCHEMA_VERSION}")

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def count_accounts(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM account").fetchone()[0])

    def numbers(self, limit: int) -> list[str]:
        """The first account numbers in order."""
        rows = self.connection.execute("SELECT number FROM account ORDER BY number LIMIT ?", (limit,))
        return [row[0] for row in rows]

    def add_accounts(self, accounts: Iterable[AccountRecord]) -> None:
        """Within a transaction."""
        for account in accounts:
            self._add(account)

    def account(self, number: str) -> AccountRecord | None:
        cursor = self.connection.execute(
            "SELECT number, company, kind, state, holder, locality, street, house, flat, last_kopecks, last_on"
            " FROM account WHERE number = ?", (number,))
        row = cursor.fetchone()
        if row is None:
            return None
        names = [column[0] for column in cursor.description]
        return AccountRecord(
            **dict(zip(names, row, strict=True)), charges=self._charges(number), meters=self._meters(number))

    def state_of(self, number: str) -> str | None:
        """Open, closed or blocked; None when there is no such account."""
        row = self.connection.execute("SELECT state FROM account WHERE number = ?", (number,)).fetchone()
        return None if row is None else str(row[0])

    def numbers_at(self, key: str) -> list[str]:
        """Numbers of the accounts at an address, at most two: more makes no difference."""
        rows = self.connection.execute("SELECT number FROM account WHERE address_key = ? LIMIT 2", (key,))
        return [row[0] for row in rows]

    def _charges(self, number: str) -> tuple[ChargeRecord, ...]:
        rows = self.connection.execute(
            "SELECT code, name, due_kopecks FROM charge WHERE account = ? ORDER BY place", (number,))
        return tuple(ChargeRecord(*row) for row in rows)

    def _meters(self, number: str) -> tuple[MeterRecord, ...]:
        rows = self.connection.execute(
            "SELECT serial, digits, verified_until, remote, replaced FROM meter WHERE account = ? ORDER BY place",
            (number,)).fetchall()
        return tuple(
            MeterRecord(serial, digits, self._registers(number, serial), until, bool(remote), bool(replaced))
            for serial, digits, until, remote, replaced in rows)

    def _registers(self, number: str, serial: str) -> tuple[RegisterRecord, ...]:
        rows = self.connection.execute(
            "SELECT zone, last_kwh, last_on, usual_month_kwh FROM register WHERE account = ? AND serial = ?"
            " ORDER BY zone", (number, serial))
        return tuple(RegisterRecord(*row) for row in rows)

    def _add(self, account: AccountRecord) -> None:
        run = self.connection.execute
        key = address_key(account.locality, account.street, account.house, account.flat)
        run("INSERT INTO account VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (
            account.number, account.company, account.kind, account.state, account.holder, account.locality,
            account.street, account.house, account.flat, key, account.last_kopecks, account.last_on))
        for place, charge in enumerate(account.charges):
            run("INSERT INTO charge VALUES (?, ?, ?, ?, ?)",
                (account.number, place, charge.code, charge.name, charge.due_kopecks))
        for place, meter in enumerate(account.meters):
            run("INSERT INTO meter VALUES (?, ?, ?, ?, ?, ?, ?)", (
                account.number, place, meter.serial, meter.digits, meter.verified_until, meter.remote, meter.replaced))
            for register in meter.registers:
                run("INSERT INTO register VALUES (?, ?, ?, ?, ?, ?)", (
                    account.number, meter.serial, register.zone, register.last_kwh, register.last_on,
                    register.usual_month_kwh))


_KINDS = frozenset((
    "г", "пос", "с", "ул", "проспект", "пер", "наб", "пр", "бул", "ш", "пл", "корп", "улица", "город",
))


def _bare(part: str) -> str:
    text = part.casefold().replace("ё", "е").replace(" корп. ", "к")
    return " ".join(word for word in text.replace(".", ". ").split() if word.rstrip(".") not in _KINDS)
