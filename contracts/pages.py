"""What the service shows and what the client does: pages out, touches in.

A `Page` says everything that a screen needs and nothing of pixels. The service owns all state, the typed digits
included, so a kiosk that dies shows the same page again when it comes back. Every touch names the page it was
made on; a touch on a page that is gone is dropped, so a double tap cannot press a button of the next page.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PageKind(StrEnum):
    """Kinds of page, one screen class each."""

    START = "start"
    ACCOUNT_ENTRY = "account-entry"
    ACCOUNT_CARD = "account-card"
    READING_ENTRY = "reading-entry"
    QUESTION = "question"
    AMOUNT = "amount"
    INSERT_CASH = "insert-cash"
    WAIT = "wait"
    OUTCOME = "outcome"
    UNKNOWN_OUTCOME = "unknown-outcome"
    OUT_OF_SERVICE = "out-of-service"


class Tone(StrEnum):
    """How a notice is meant; the screen pairs each with a colour *and* an icon."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


class ButtonRole(StrEnum):
    """What a button is for; decides size, colour and place."""

    PRIMARY = "primary"
    """The one main step, a verb, right above the bottom bar."""
    CHOICE = "choice"
    """One of several equal tiles or amounts."""
    BACK = "back"
    """Bottom left, always there in the same place."""
    EXIT = "exit"
    """Bottom right, always there in the same place."""
    LANGUAGE = "language"
    """In reach: between Back and Exit on a portrait panel, in the top bar of a landscape one."""
    EXTEND = "extend"
    """Answer to the time-out warning, full width."""


@dataclass(frozen=True, slots=True)
class Button:
    """Something to touch. `name` is what a `Touch` carries; `label` is what the client reads."""

    name: str
    label: str
    role: ButtonRole
    enabled: bool = True
    detail: str = ""
    """A second, smaller line, e.g. why a tender is not offered."""
    icon: str = ""
    """Name of a drawn icon: `cash`, `meter`, `card`, `qr`, `info` or empty."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to the client in plain words."""

    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what and how much. `strong` for the line that matters most."""

    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A large number, for example what has been inserted. `strong` is set on at most one of a page."""

    name: str
    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class EntryField:
    """What is being typed on the page's keypad. The keypad sends `key-0` … `key-9`, `key-erase`, `key-clear`,
    and `key-comma` when `decimal`."""

    name: str
    label: str
    value: str
    """What has been typed so far, ready to show."""
    max_length: int
    hint: str = ""
    """What to type and where to find it, or the previous reading."""
    unit: str = ""
    error: str = ""
    """Why the last entry was not taken; empty when there is nothing wrong."""
    decimal: bool = False


@dataclass(frozen=True, slots=True)
class TimeoutWarning:
    """The visit ends by itself in so many seconds unless the client touches `extend`."""

    text: str
    seconds_left: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page as the service wants it seen.

    `number` grows by one with every page published by one service process and never repeats in it.
    """

    number: int
    kind: PageKind
    language: str
    """`ru` or `en`."""
    heading: str
    lead: str = ""
    step: tuple[int, int] | None = None
    """Step and number of steps, for `Шаг 2 из 4`."""
    step_text: str = ""
    notices: tuple[Notice, ...] = ()
    rows: tuple[Row, ...] = ()
    figures: tuple[Figure, ...] = ()
    field: EntryField | None = None
    buttons: tuple[Button, ...] = ()
    warning: TimeoutWarning | None = None
    qr: str = ""
    """Text of a QR code to show, or empty."""
    footer: str = ""
    """Who runs the terminal and where to call; on every page."""
    busy: bool = False
    """True while the service works on the client's last touch: the screen shows that it is working."""

    def button(self, name: str) -> Button | None:
        """The button of that name, if the page has it."""
        return next((each for each in self.buttons if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Touch:
    """The client touched an element of a page: a button name or a keypad key."""

    page: int
    element: str


KEYPAD_DIGITS = tuple(f"key-{digit}" for digit in range(10))
KEY_ERASE = "key-erase"
KEY_CLEAR = "key-clear"
KEY_COMMA = "key-comma"
EXTEND = "extend"
BACK = "back"
EXIT = "exit"
LANGUAGE = "language"


def accepts(page: Page, element: str) -> bool:
    """Whether touching that element of that page means anything."""
    if element == EXTEND:
        return page.warning is not None
    if element.startswith("key-"):
        if page.field is None:
            return False
        return element in (*KEYPAD_DIGITS, KEY_ERASE, KEY_CLEAR) or (element == KEY_COMMA and page.field.decimal)
    button = page.button(element)
    return button is not None and button.enabled
