"""What every presenter needs, and what every page has: language button, time-out warning, footer."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.money import Money
from contracts.pages import (
    BACK,
    EXIT,
    EXTEND,
    LANGUAGE,
    Button,
    ButtonRole,
    EntryField,
    Figure,
    Notice,
    Page,
    PageKind,
    Row,
    TimeoutWarning,
)
from terminal.visit.context import Surroundings
from terminal.visit.destinations import CashLeaving, InsertCash
from terminal.visit.language import LANGUAGE_NAMES, Language
from terminal.visit.navigation import following_language
from terminal.visit.session_policy import seconds_left
from terminal.visit.state import Visit


@dataclass(frozen=True, slots=True)
class Content:
    """What differs from page to page; the fields mean what they mean in `contracts.pages.Page`."""

    kind: PageKind
    heading: str
    lead: str = ""
    step: tuple[int, int] | None = None
    notices: tuple[Notice, ...] = ()
    rows: tuple[Row, ...] = ()
    figures: tuple[Figure, ...] = ()
    field: EntryField | None = None
    buttons: tuple[Button, ...] = ()
    qr: str = ""
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """One visit at one moment, in the language of its page."""

    visit: Visit
    surroundings: Surroundings
    language: Language

    def text(self, message: str, **values: object) -> str:
        return self.language.text(message, **values)

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        return self.language.plural(one, many, count, **values)

    @property
    def phone(self) -> str:
        return self.surroundings.phone

    def back(self) -> Button:
        return Button(BACK, self.text("Back"), ButtonRole.BACK)

    def exit(self) -> Button:
        return Button(EXIT, self.text("Exit"), ButtonRole.EXIT)

    def primary(self, name: str, label: str, *, enabled: bool = True, detail: str = "") -> Button:
        return Button(name, label, ButtonRole.PRIMARY, enabled, detail)

    def choice(
        self, name: str, label: str, *, enabled: bool = True, detail: str = "", icon: str = ""
    ) -> Button:
        return Button(name, label, ButtonRole.CHOICE, enabled, detail, icon)

    def page(self, content: Content, number: int) -> Page:
        """The whole page of that number."""
        step_text = "" if content.step is None else self.text(
            "Step {step} of {steps}", step=content.step[0], steps=content.step[1])
        return Page(
            number,
            content.kind,
            self.visit.language,
            content.heading,
            content.lead,
            content.step,
            step_text,
            content.notices,
            content.rows,
            content.figures,
            content.field,
            (*content.buttons, *self._standing_buttons()),
            self._warning(),
            content.qr,
            self._footer(),
            content.busy,
        )

    def _standing_buttons(self) -> tuple[Button, ...]:
        buttons: list[Button] = []
        following = following_language(self.visit, self.surroundings)
        if following != self.visit.language:
            buttons.append(Button(LANGUAGE, LANGUAGE_NAMES.get(following, following), ButtonRole.LANGUAGE))
        if seconds_left(self.visit, self.surroundings) is not None:
            buttons.append(Button(EXTEND, self.text("Continue"), ButtonRole.EXTEND))
        return tuple(buttons)

    def _warning(self) -> TimeoutWarning | None:
        left = seconds_left(self.visit, self.surroundings)
        if left is None:
            return None
        inserted = _inserted(self.visit)
        if inserted:
            text = self.text("Do you need more time? Otherwise {amount} will be credited to your account.",
                             amount=inserted)
        else:
            text = self.text(
                "Do you need more time? Otherwise the visit will end and what you entered will be erased."
            )
        return TimeoutWarning(text, left)

    def _footer(self) -> str:
        return self.text(
            "{company}. Phone {phone}. Terminal {terminal}, {site}", company=self.surroundings.company_name,
            phone=self.phone, terminal=self.surroundings.terminal, site=self.surroundings.site)


def _inserted(visit: Visit) -> Money | None:
    match visit.destination:
        case InsertCash(progress=progress) | CashLeaving(progress=progress):
            return progress.inserted
        case _:
            return None
