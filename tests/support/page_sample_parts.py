"""What sample pages have in common: two languages, the bars, the footer, numbers that do not break."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from contracts.pages import Button, ButtonRole, Page, PageKind

LANGUAGES = ("ru", "en")
Say = Callable[[str, str], str]

FOOTER = {
    "ru": "АО «Энергосбыт», ИНН 7700000000. Бесплатная линия, круглосуточно: 8 800 100-00-00. Терминал T-0001",
    "en": "Energosbyt JSC, INN 7700000000. Free line, day and night: 8 800 100-00-00. Terminal T-0001",
}


def speaker(language: str) -> Say:
    """Chooses between a Russian and an English text."""
    return lambda ru, en: ru if language == "ru" else en


def bound(text: str) -> str:
    """Numbers and their units must not part at the end of a line: a space before or inside them does not break."""
    return re.sub(r"(?<=\d) (?=\d{3}\b)|(?<=\d) (?=[₽кk])", "\u00a0", text)


def finished(page: Page, language: str, number: int) -> Page:
    """With the bars, the footer and the step that every page of its kind has."""
    say = speaker(language)
    bars = [Button("language", say("English", "Русский"), ButtonRole.LANGUAGE)]
    if page.kind not in (PageKind.START, PageKind.OUT_OF_SERVICE, PageKind.WAIT):
        bars.append(Button("exit", say("Выйти", "Exit"), ButtonRole.EXIT))
        if page.kind not in (PageKind.OUTCOME, PageKind.UNKNOWN_OUTCOME):
            bars.append(Button("back", say("Назад", "Back"), ButtonRole.BACK))
    if page.warning:
        bars.append(Button("extend", say("Продолжить", "Continue"), ButtonRole.EXTEND))
    step_text = say(f"Шаг {page.step[0]} из {page.step[1]}", f"Step {page.step[0]} of {page.step[1]}") \
        if page.step else ""
    page = replace(
        page,
        rows=tuple(replace(each, value=bound(each.value)) for each in page.rows),
        figures=tuple(replace(each, value=bound(each.value)) for each in page.figures),
        buttons=tuple(replace(each, label=bound(each.label), detail=bound(each.detail)) for each in page.buttons),
    )
    return replace(page, language=language, number=number, footer=FOOTER[language], step_text=step_text,
                   buttons=(*page.buttons, *bars))


def plain(kind: PageKind, heading: str, lead: str = "", step: tuple[int, int] | None = None) -> Page:
    """A page with nothing on it but a question."""
    return Page(number=0, kind=kind, language="", heading=heading, lead=lead, step=step)


def primary(name: str, label: str, *, enabled: bool = True, detail: str = "") -> Button:
    """The main step."""
    return Button(name, label, ButtonRole.PRIMARY, enabled, detail)
