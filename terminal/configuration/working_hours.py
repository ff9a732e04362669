"""The working hours in the configuration. The watchdog reads the same keys by itself and counts downtime by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, ClassVar

from contracts.working_hours import (
    MAX_SPANS,
    MAX_SPECIAL_DAYS,
    WHOLE_DAY,
    Spans,
    parse_spans,
    parse_special_days,
)
from terminal.configuration.section import About

_WEEKDAY = '["09:00-13:00", "14:00-18:00"]'


@dataclass(frozen=True, slots=True)
class DaySpans:
    """The spans of one day of the week."""

    suffix: str = ""

    def read(self, value: object, folder: Path) -> Spans:
        del folder
        return parse_spans(value)

    def allowed(self) -> str:
        return f'список до {MAX_SPANS} промежутков "ЧЧ:ММ-ЧЧ:ММ" по порядку, без наложений; пустой — выходной'


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Days that differ from their day of the week."""

    suffix: str = ""

    def read(self, value: object, folder: Path) -> dict[date, Spans]:
        del folder
        return parse_special_days(value)

    def allowed(self) -> str:
        return (f'список до {MAX_SPECIAL_DAYS} дней "ГГГГ-ММ-ДД ЧЧ:ММ-ЧЧ:ММ …" без повторов; '
                'дата без промежутков — выходной')


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When the place of installation is open."""

    HEADING: ClassVar[str] = ("Рабочее время места установки: по нему считаются простои. "
                              "Без раздела и для не названного дня недели — круглосуточно.")

    monday: Annotated[Spans, DaySpans(), About("Понедельник.", _WEEKDAY)] = WHOLE_DAY
    tuesday: Annotated[Spans, DaySpans(), About("Вторник.", _WEEKDAY)] = WHOLE_DAY
    wednesday: Annotated[Spans, DaySpans(), About("Среда.", _WEEKDAY)] = WHOLE_DAY
    thursday: Annotated[Spans, DaySpans(), About("Четверг.", _WEEKDAY)] = WHOLE_DAY
    friday: Annotated[Spans, DaySpans(), About("Пятница.", '["09:00-13:00", "14:00-16:45"]')] = WHOLE_DAY
    saturday: Annotated[Spans, DaySpans(), About("Суббота.", "[]")] = WHOLE_DAY
    sunday: Annotated[Spans, DaySpans(), About("Воскресенье.", "[]")] = WHOLE_DAY
    special_days: Annotated[
        Mapping[date, Spans], SpecialDays(),
        About("Праздники и перенесённые рабочие дни.", '["2026-11-04", "2026-12-31 09:00-12:00"]'),
    ] = field(default_factory=dict)
