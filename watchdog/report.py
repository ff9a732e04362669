"""The downtime ledger for people and for programs."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from contracts.faults import CATALOGUE, FaultCode
from contracts.working_hours import WorkingHours
from watchdog.instant import Instant, Length
from watchdog.ledger import Contents
from watchdog.outages import LIMIT_S, Outage, Totals, totals
from watchdog.watched import Cause

CAUSES = {
    Cause.STOPPED: "процесс завершился",
    Cause.FROZEN: "работа не продвигалась",
    Cause.NOT_READY: "не запустился вовремя",
    Cause.OUT_OF_SERVICE: "обслуживание невозможно",
    Cause.TERMINAL_OFF: "терминал был выключен",
    Cause.PLANNED_RESTART: "плановый перезапуск",
    Cause.PLANNED_STOP: "плановая остановка",
}


def to_json(contents: Contents, now: Instant, hours: WorkingHours) -> str:
    """Outages, oldest first, and totals; times are UTC, lengths are seconds, `working` ones within working hours."""
    summary = totals(contents.outages, now, hours)
    body = {
        "outages": [_outage_body(each, now, hours) for each in contents.outages],
        "totals": {
            "unplanned": summary.unplanned, "unplanned_s": round(summary.unplanned_s, 3),
            "unplanned_working_s": round(summary.unplanned_working_s, 3),
            "planned": summary.planned, "planned_s": round(summary.planned_s, 3),
            "planned_working_s": round(summary.planned_working_s, 3),
            "longest_s": round(summary.longest_s, 3), "longest_working_s": round(summary.longest_working_s, 3),
            "over_60_working_minutes": summary.over_limit,
        },
        "unreadable_lines": contents.unreadable,
    }
    return json.dumps(body, ensure_ascii=False, indent=1)


def to_table(contents: Contents, now: Instant, hours: WorkingHours) -> Group:
    """The same for the technician's screen, newest first, times by this machine's zone."""
    table = Table(title="Простои", show_lines=False)
    for heading in ("№", "Начало", "Замечен через", "Длился", "Рабочего", "Что", "Причина", "Коды"):
        table.add_column(heading, overflow="fold")
    for each in reversed(contents.outages):
        table.add_row(*_row(each, now, hours), style=_style(each, now, hours))
    summary = _summary(totals(contents.outages, now, hours), contents.unreadable)
    return Group(table, Text(_legend(contents)), Text(summary))


def _row(outage: Outage, now: Instant, hours: WorkingHours) -> tuple[str, ...]:
    lasted = _length(outage.lasted(now)) + ("" if outage.ended else ", идёт")
    cause = CAUSES[outage.cause] + (f" ({outage.detail})" if outage.detail else "")
    return (str(outage.number), f"{outage.started.wall.astimezone():%d.%m.%Y %H:%M:%S}",
            _length(outage.noticed_after()), lasted, _clock(hours.within_s(*outage.span(now))), outage.subject, cause,
            " ".join(outage.faults))


def _style(outage: Outage, now: Instant, hours: WorkingHours) -> str:
    if outage.planned:
        return "dim"
    return "bold red" if hours.within_s(*outage.span(now)) > LIMIT_S else ""


def _summary(summary: Totals, unreadable: int) -> str:
    lines = [
        f"Внеплановых: {summary.unplanned}. Рабочего времени {_clock(summary.unplanned_working_s)}, "
        f"больше всего {_clock(summary.longest_working_s)}, дольше 60 минут: {summary.over_limit}.",
        f"Круглосуточно {_clock(summary.unplanned_s)}, самый долгий {_clock(summary.longest_s)}.",
        f"Плановых: {summary.planned}. Рабочего времени {_clock(summary.planned_working_s)}, "
        f"круглосуточно {_clock(summary.planned_s)}.",
    ]
    if unreadable:
        lines.append(f"Нечитаемых строк в файле: {unreadable}.")
    return "\n".join(lines)


def _outage_body(outage: Outage, now: Instant, hours: WorkingHours) -> dict[str, Any]:
    lasted = outage.lasted(now)
    return {
        "number": outage.number, "subject": outage.subject, "cause": outage.cause.value, "planned": outage.planned,
        "faults": list(outage.faults), "detail": outage.detail, "started": outage.started.wall.isoformat(),
        "detected_after_s": round(outage.noticed_after().seconds, 3),
        "ended": outage.ended.wall.isoformat() if outage.ended else None,
        "lasted_s": round(lasted.seconds, 3), "exact": lasted.exact,
        "working_s": round(hours.within_s(*outage.span(now)), 3),
    }


def _legend(contents: Contents) -> str:
    met = {code for each in contents.outages for code in each.faults}
    return "\n".join(f"{code.value}  {CATALOGUE[code].meaning}" for code in FaultCode if code.value in met)


def _length(value: Length) -> str:
    return _clock(value.seconds) if value.exact else f"≈ {_clock(value.seconds)}"


def _clock(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
