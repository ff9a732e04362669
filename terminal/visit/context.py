"""What the visit must know of the world to decide and to word its pages; given anew with every event."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from contracts.money import Money


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether something is offered now, and if not, why: the message identifier of the fault that stops it."""

    offered: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a page waits for a touch, in seconds, and how long the warning then stands (see `visit.*` in the
    configuration)."""

    menu_s: float = 45.0
    menu_warning_s: float = 20.0
    entry_s: float = 90.0
    entry_warning_s: float = 30.0
    result_s: float = 60.0
    result_warning_s: float = 20.0
    money_s: float = 120.0
    money_warning_s: float = 60.0
    done_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The terminal as the visit sees it at this moment."""

    terminal: str
    company_name: str
    phone: str
    site: str
    """Address where the terminal stands."""
    today: date
    now_s: float
    """Monotonic seconds."""
    cash: Offer
    readings: Offer
    lookup: Offer
    """Whether accounts can be found now (the billing host answers)."""
    out_of_service: str = ""
    """Message identifier of the reason why nothing is offered; empty while something is."""
    languages: tuple[str, ...] = ("ru", "en")
    patience: Patience = field(default_factory=Patience)
    minimum: Money = Money(1_00)
    maximum: Money = Money(15_000_00)
    note_values: tuple[Money, ...] = ()
    """Values that the acceptor takes now, ascending."""
    plausible_factor: int = 4
    """A consumption above this many usual months is asked about."""
    account_digits: int = 10
    """Length of an account number, check digit included."""
