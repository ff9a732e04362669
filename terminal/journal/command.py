"""The journal's commands: `journal verify FILE`, `journal show FILE`, `journal export FILE DIR`, `journal repair FILE`.

For technicians; texts are Russian. All work only while the service does not have the file, all but `repair` on a copy.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from terminal.journal.copying import copied
from terminal.journal.export import ExportFormat, export
from terminal.journal.repair import repair
from terminal.journal.verify import VerifyReport, verify
from terminal.ports.records import StoreRefused

SHOWN_RECORDS = 50
"""Newest records shown when nothing else is asked for."""
SOUND = 0
UNSOUND = 1


def add_arguments(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `journal`; the chosen function is left in `run` and returns the exit code."""
    journal = subparsers.add_parser("journal", help="проверить, показать или выгрузить журнал платежей")
    commands = journal.add_subparsers(required=True, metavar="КОМАНДА")
    checked = commands.add_parser("verify", help="проверить журнал целиком")
    checked.add_argument("file", type=Path)
    _add_mirror(checked)
    checked.set_defaults(run=run_verify)
    shown = commands.add_parser("show", help="показать записи")
    shown.add_argument("file", type=Path)
    shown.add_argument("--payment", type=int, help="только записи этого платежа")
    shown.add_argument("--last", type=int, default=SHOWN_RECORDS, help="сколько последних записей")
    shown.set_defaults(run=run_show)
    exported = commands.add_parser("export", help="выгрузить таблицы в файлы")
    exported.add_argument("file", type=Path)
    exported.add_argument("directory", type=Path)
    exported.add_argument("--format", choices=[each.value for each in ExportFormat], action="append")
    exported.set_defaults(run=run_export)
    repaired = commands.add_parser("repair", help="собрать журнал заново из базы и второй копии")
    repaired.add_argument("file", type=Path)
    _add_mirror(repaired)
    repaired.set_defaults(run=run_repair)


def _add_mirror(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mirror", type=Path, help="папка второй копии; если не названа: journal.mirror рядом")


def _mirror_of(args: argparse.Namespace) -> Path:
    chosen: Path | None = args.mirror
    return args.file.with_suffix(".mirror") if chosen is None else chosen


def run_verify(args: argparse.Namespace, console: Console | None = None) -> int:
    """Exit code 0 for a sound journal; otherwise 1 and the list of what is off."""
    console = console or Console()
    try:
        mirror = _mirror_of(args)
        report = verify(args.file, mirror if mirror.is_dir() else None)
    except StoreRefused as refused:
        console.print(f"Журнал не проверен: {refused}", style="red", markup=False)
        return UNSOUND
    _print_report(console, report)
    return SOUND if report.sound else UNSOUND


def run_repair(args: argparse.Namespace, console: Console | None = None) -> int:
    """Exit code 0 for a journal that is whole now; 1 when nothing could be done and nothing was changed."""
    console = console or Console()
    try:
        report = repair(args.file, _mirror_of(args))
    except StoreRefused as refused:
        console.print(f"Журнал не исправлен, ничего не изменено: {refused}", style="red", markup=False)
        return UNSOUND
    if report.kept is None:
        console.print("Журнал и вторая копия в порядке, исправлять нечего.", style="green")
        return SOUND
    for text in report.findings:
        console.print(f"Было: {text}", markup=False, soft_wrap=True)
    console.print(
        f"Журнал собран заново: записей {report.records}, из них только во второй копии было {report.from_mirror}."
        f" Прежние файлы лежат в {report.kept}",
        style="green", markup=False, soft_wrap=True,
    )
    return SOUND


def run_show(args: argparse.Namespace, console: Console | None = None) -> int:
    """A table of the newest records or of one payment's; exit code 1 when the file cannot be read."""
    console = console or Console()
    table = Table("№", "время", "вид", "платёж", "содержание")
    select = "SELECT seq, at, kind, payment, body FROM record"
    try:
        with copied(args.file) as connection:
            if args.payment is not None:
                rows = connection.execute(f"{select} WHERE payment = ? ORDER BY seq", (args.payment,)).fetchall()
            else:
                newest = connection.execute(f"{select} ORDER BY seq DESC LIMIT ?", (args.last,)).fetchall()
                rows = newest[::-1]
    except StoreRefused as refused:
        console.print(f"Журнал не показан: {refused}", style="red", markup=False)
        return UNSOUND
    for seq, at, kind, payment, body in rows:
        table.add_row(str(seq), str(at), str(kind), "" if payment is None else str(payment), str(body))
    console.print(table, markup=False)
    return SOUND


def run_export(args: argparse.Namespace, console: Console | None = None) -> int:
    """Writes the tables and names the files; exit code 1 when that cannot be done."""
    console = console or Console()
    formats = [ExportFormat(each) for each in args.format or [ExportFormat.CSV.value]]
    try:
        for written in export(args.file, args.directory, formats):
            console.print(str(written), markup=False, soft_wrap=True)
    except (StoreRefused, OSError) as refused:
        console.print(f"Журнал не выгружен: {refused}", style="red", markup=False)
        return UNSOUND
    return SOUND


def _print_report(console: Console, report: VerifyReport) -> None:
    table = Table("показатель", "значение", show_header=False)
    table.add_row("терминал", report.terminal)
    table.add_row("записей", str(report.records))
    table.add_row("последняя запись", report.newest_at)
    table.add_row("конец цепочки", report.head)
    table.add_row("открытые платежи", ", ".join(map(str, report.open_payments)) or "нет")
    table.add_row("не отправлено", str(report.unsent))
    table.add_row("ждут решения", str(report.parked))
    for account, balance in report.balances.items():
        table.add_row(account.value, str(balance))
    console.print(table, markup=False)
    for text in report.damage:
        console.print(f"Файл повреждён: {text}", style="red", markup=False, soft_wrap=True)
    for broken in report.broken:
        console.print(
            f"Нарушено тождество {broken.number}: {broken.text}", style="red", markup=False, soft_wrap=True
        )
    for text in report.second:
        console.print(f"Вторая копия: {text}", style="red", markup=False, soft_wrap=True)
    if report.sound:
        console.print("Журнал в порядке.", style="green")
    else:
        console.print("Исправить: python -m terminal journal repair ФАЙЛ", markup=False)
