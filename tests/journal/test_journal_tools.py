"""The technician's commands: what they find, show and write, and what they refuse."""

from __future__ import annotations

import argparse
import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from contracts.money import Money
from terminal.journal.command import add_arguments
from terminal.journal.export import ExportFormat, export
from terminal.journal.verify import verify
from terminal.payments.postings import LedgerAccount
from terminal.ports.records import StoreRefused
from tests.journal import steps
from tests.journal.steps import NOTE, opened
from tests.journal.tampering import tampering


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """One whole payment, one funded, one that takes money."""
    store = opened(tmp_path)
    for step in (*steps.whole_payment(1), *steps.tender(2), steps.funded(2), *steps.tender(3)):
        store.journal.append(step)
    store.journal.close()
    return tmp_path / "journal.db"


def test_verification_tells_where_everything_stands(file: Path) -> None:
    report = verify(file)
    assert report.sound
    assert (report.terminal, report.records, report.open_payments) == (steps.TERMINAL, 19, (2, 3))
    assert (report.unsent, report.parked) == (1, 0)
    assert report.balances[LedgerAccount.CASSETTE] == NOTE * 3
    assert report.balances[LedgerAccount.PROVIDER_POSTED] == NOTE
    assert report.balances[LedgerAccount.PROVIDER_PENDING] == NOTE
    assert report.balances[LedgerAccount.CUSTOMER] == NOTE
    assert report.balances[LedgerAccount.REFUND_DUE] == Money(0)
    store = opened(file.parent)
    assert report.head == store.journal.head[1].hex()
    store.journal.close()


def test_verification_leaves_the_file_as_it_was(file: Path) -> None:
    before = {path.name: path.read_bytes() for path in file.parent.iterdir()}
    verify(file)
    assert {path.name: path.read_bytes() for path in file.parent.iterdir()} == before


def test_what_is_only_in_the_log_is_verified_too(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.journal.append(steps.created(1))
    store.journal._database._failed = True
    store.journal.close()
    assert verify(tmp_path / "journal.db").records == 1


def test_while_the_service_runs_it_must_be_stopped_or_asked(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with pytest.raises(StoreRefused, match="another process has the journal"):
        verify(tmp_path / "journal.db")
    store.journal.append(steps.created(1))
    store.journal.close()


def test_a_sound_journal_exits_with_0(file: Path) -> None:
    code, text = _run("verify", str(file))
    assert code == 0
    assert "Журнал в порядке." in text


def test_an_edited_journal_exits_with_1_and_the_list(file: Path) -> None:
    connection = tampering(file)
    connection.execute("UPDATE record SET unassigned = 5 WHERE seq = 19")
    connection.execute("UPDATE record SET at = '2020' WHERE seq = 19")
    connection.close()
    code, text = _run("verify", str(file))
    assert code == 1
    assert "Нарушено тождество 1: balance unassigned" in text
    assert "Нарушено тождество 9: record 19 (C20) is not what was written" in text
    assert "Журнал в порядке." not in text


def test_damage_of_the_file_exits_with_1(file: Path) -> None:
    opened(file.parent).journal.close()
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 20] = b"\x55" * 4096 * 17
    file.write_bytes(content)
    code, text = _run("verify", str(file))
    assert code == 1
    assert "Журнал не проверен" in text or "Файл повреждён" in text


@pytest.mark.parametrize("command", [("verify",), ("show",), ("export",)])
def test_what_is_no_journal_exits_with_1(tmp_path: Path, command: tuple[str]) -> None:
    target = [str(tmp_path / "out")] if command == ("export",) else []
    (tmp_path / "other.db").write_bytes(b"not a database at all, only some text" * 40)
    for name in ("missing.db", "other.db"):
        code, text = _run(*command, str(tmp_path / name), *target)
        assert code == 1
        assert "Журнал не" in text


def test_show_gives_the_newest_records_or_those_of_a_payment(file: Path) -> None:
    code, text = _run("show", str(file), "--last", "2")
    assert code == 0
    assert [kind for kind in ("S00", "S10", "C10", "C20", "S20") if kind in text] == ["C10", "C20"]
    _, text = _run("show", str(file), "--payment", "2")
    assert [kind for kind in ("S00", "S10", "C10", "C20", "S20", "F20") if kind in text] == [
        "S00", "S10", "C10", "C20", "S20",
    ]


def test_export_writes_each_table_and_the_derived_double_entry(file: Path, tmp_path: Path) -> None:
    directory = tmp_path / "out"
    written = export(file, directory, [ExportFormat.CSV, ExportFormat.JSON])
    names = {"record", "balance", "cassette", "payment", "fiscal_document", "outbox", "posting"}
    assert {path.name for path in written} == {f"{name}.{end}" for name in names for end in ("csv", "json")}
    with (directory / "posting.csv").open(encoding="utf-8", newline="") as opened_file:
        lines = list(csv.DictReader(opened_file))
    assert sum(int(line["debit"]) - int(line["credit"]) for line in lines) == 0
    assert {"seq": "4", "account": "cassette", "debit": "10000", "credit": "0"} in lines
    records = json.loads((directory / "record.json").read_text(encoding="utf-8"))
    assert [record["seq"] for record in records] == list(range(1, 20))
    assert len(records[0]["hash"]) == 64
    rows = json.loads((directory / "outbox.json").read_text(encoding="utf-8"))
    assert [(row["key"], row["state"]) for row in rows] == [(steps.key(1), "delivered"), (steps.key(2), "due")]
    assert not any(b"sealed" in path.read_bytes().replace(b"sealed_account", b"") for path in written)


def test_an_empty_journal_exports_empty_tables(tmp_path: Path) -> None:
    opened(tmp_path).journal.close()
    code, text = _run("export", str(tmp_path / "journal.db"), str(tmp_path / "out"), "--format", "json")
    assert code == 0
    assert json.loads((tmp_path / "out" / "payment.json").read_text(encoding="utf-8")) == []
    assert "payment.json" in text


def _run(*words: str) -> tuple[int, str]:
    parser = argparse.ArgumentParser()
    add_arguments(parser.add_subparsers(required=True))
    args = parser.parse_args(["journal", *words])
    out = StringIO()
    code = args.run(args, Console(file=out, width=400))
    return code, out.getvalue()
