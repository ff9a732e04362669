"""What the visit is told of the world, put together from the status store, the configuration and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contracts.identifiers import TerminalId
from contracts.money import NO_BREAK_SPACE, Money
from terminal.ports.clock import Clock
from terminal.service.health import Health
from terminal.visit.context import Patience, Surroundings


@dataclass(frozen=True, slots=True)
class VisitTerms:
    """From the configuration."""

    terminal: TerminalId
    company_name: str
    phone: str
    site: str
    languages: tuple[str, ...]
    patience: Patience
    minimum: Money
    maximum: Money
    plausible_factor: int


class Lookout:
    """Looks around whenever it is asked."""

    def __init__(
        self, health: Health, clock: Clock, terms: VisitTerms, values: Callable[[], tuple[Money, ...]]
    ) -> None:
        self._health = health
        self._clock = clock
        self._terms = terms
        self._phone = terms.phone.replace(" ", NO_BREAK_SPACE)
        self._values = values

    def __call__(self) -> Surroundings:
        terms, offers = self._terms, self._health.offers
        return Surroundings(
            terminal=terms.terminal,
            company_name=terms.company_name,
            phone=self._phone,
            site=terms.site,
            today=self._clock.now().date(),
            now_s=self._clock.monotonic(),
            cash=offers.cash,
            readings=offers.readings,
            lookup=offers.lookup,
            out_of_service=offers.out_of_service,
            languages=terms.languages,
            patience=terms.patience,
            minimum=terms.minimum,
            maximum=terms.maximum,
            note_values=self._values(),
            plausible_factor=terms.plausible_factor,
        )
