"""`python -m terminal status --config FILE [--json]`: devices, tenders, faults, queue, shift, budget.

When the service does not answer, what the watchdog says of the processes is shown in its place.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from contracts.envelope import Refused
from contracts.money import Money
from terminal.commands.service_socket import ServiceSocket, ServiceUnreachable
from terminal.config import ConfigError, describe_errors, load
from terminal.environment import watchdog_faults
from terminal.service.status_report import fault_body

EXIT_FAILED = 1
EXIT_CONFIG = 2


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m terminal status")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args(arguments)
    try:
        config = load(options.config)
    except ConfigError as error:
        sys.stderr.write(describe_errors(error) + "\n")
        return EXIT_CONFIG
    try:
        with ServiceSocket(config.service_socket, "status") as service:
            answer = service.ask("status")
    except ServiceUnreachable as error:
        sys.stderr.write(f"{error}\n")
        _show_watchdog(config.terminal.state_directory, as_json=options.json)
        return EXIT_FAILED
    if isinstance(answer, Refused):
        sys.stderr.write(f"{answer.reason}\n")
        return EXIT_FAILED
    if options.json:
        sys.stdout.write(json.dumps(answer.body, ensure_ascii=False, indent=2) + "\n")
    else:
        show(answer.body, Console())
    return 0


def _show_watchdog(state_directory: Path, *, as_json: bool) -> None:
    """What is known of the processes without the service."""
    faults = [fault_body(fault) for fault in watchdog_faults(state_directory)]
    if as_json:
        sys.stdout.write(json.dumps({"watchdog": faults}, ensure_ascii=False, indent=2) + "\n")
    elif faults:
        Console().print(_faults(faults))


def show(status: Mapping[str, Any], console: Console) -> None:
    """For a technician's eye."""
    works = "[green]работает[/]" if status["in_service"] else "[red]не обслуживает[/]"
    console.print(f"Терминал [bold]{status['terminal']}[/]: {works}, страница {status['page']}, {status['at']}")
    console.print(_devices(status["devices"]))
    console.print(_tenders(status["tenders"]))
    faults = [*status["faults"], *status["watchdog"]]
    if faults:
        console.print(_faults(faults))
    else:
        console.print("[green]Неисправностей нет[/]")
    queue, cassette, shift = status["queue"], status["cassette"], status["shift"]
    budget = queue["budget"]
    console.print(
        f"Очередь: не передано {queue['unsent']} на {Money(queue['unsent_kopecks'])} "
        f"(предел {budget['count']} шт., {Money(budget['kopecks'])}, {budget['minutes']} мин.), "
        f"ждут человека {queue['parked']}, передать до {queue['cut_off']}"
    )
    if shift:
        console.print(
            f"Смена {shift['number']}: {shift['state']}, чеков {shift['receipts']}; ФН {shift['storage']} "
            f"до {shift['storage_expires']}, документов {shift['last_document']}, не в ОФД {shift['unsent_to_ofd']}"
        )
    console.print(_witnessed(status["journal"]["witnessed"]))
    notes = ", ".join(f"{value} ₽ × {count}" for value, count in cassette["notes"].items()) or "пусто"
    console.print(f"Кассета: {Money(cassette['kopecks'])} ({notes}); записей в журнале {status['journal']['newest']}")


def _witnessed(witnessed: Mapping[str, Any]) -> str:
    """Where the journal stands with the host as its witness."""
    if witnessed["closed_by"]:
        return f"[red]Журнал не признан сервером ({witnessed['closed_by']}): наличные закрыты до решения оператора[/]"
    if witnessed["sequence"]:
        return f"Журнал заверен сервером до записи {witnessed['sequence']}, {witnessed['at']}"
    return "Журнал не заверяется: сервер этого не умеет" if witnessed["offered"] is False else "Журнал ещё не заверен"


def _devices(devices: list[Mapping[str, Any]]) -> Table:
    table = Table("Устройство", "Состояние", "Модель", "Серийный №", "Подробности", title="Устройства")
    for each in devices:
        detail = " ".join([*each["faults"], each["detail"]]).strip()
        table.add_row(each["device"], each["state"], each["model"], each["serial"], detail)
    return table


def _tenders(tenders: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table("Услуга", "Предлагается", "Причина", title="Что предлагается клиенту")
    for name, offer in tenders.items():
        table.add_row(name, "да" if offer["offered"] else "нет", offer["reason"])
    return table


def _faults(faults: Sequence[Mapping[str, Any]]) -> Table:
    table = Table("Код", "Важность", "Останавливает", "Деньги", "Что это значит", "Подробности", title="Неисправности")
    for each in faults:
        money = "да" if each["money_at_stake"] else ""
        table.add_row(each["code"], each["severity"], each["stops"], money, each["meaning"], each["detail"])
    return table
