"""Transfer on the day of payment: the cut-off, the warning before it, the offline budget, and the closing of the day.

A payment belongs to the day of its funding. The day is closed when everything of it is settled and both sides hold
the same first and last number, count, sum and chain head; any difference is an incident.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from contracts.faults import FaultCode
from contracts.identifiers import TerminalId
from contracts.money import Money
from terminal.payments.facts import DayClosed
from terminal.ports.processing import NotOffered, Processing, TransferError
from terminal.ports.records import DayTotals, Journal, Outbox
from terminal.service.health import Health
from terminal.service.payment_book import PaymentBook

log = logging.getLogger(__name__)

CLOSE_RETRY = timedelta(minutes=5)
"""Pause between attempts at closing a day with a host that does not answer."""
NOT_OFFERED_REST = timedelta(days=1)
"""Pause after a host has said that it closes no days."""


@dataclass(frozen=True, slots=True)
class DayTerms:
    """From the configuration: the site's cut-off, when to warn, and how much may wait unsent."""

    cut_off: time
    warn_before: timedelta
    max_age: timedelta
    max_count: int
    max_sum: Money


class SameDay:
    def __init__(
        self, journal: Journal, outbox: Outbox, book: PaymentBook, processing: Processing, health: Health,
        terminal: TerminalId, terms: DayTerms,
    ) -> None:
        self._journal = journal
        self._outbox = outbox
        self._book = book
        self._processing = processing
        self._health = health
        self._terminal = terminal
        self._terms = terms
        self._rest: tuple[datetime, timedelta] | None = None
        """Since when and for how long the host is not asked to close a day."""
        self.compared = True
        """Whether the host compares days with the terminal; so it is believed until the host says otherwise."""

    def cut_off(self, now: datetime) -> datetime:
        """The cut-off of the day of `now`, in the same zone."""
        return datetime.combine(now.date(), self._terms.cut_off, tzinfo=now.tzinfo)

    def look(self, now: datetime) -> None:
        """Raise or clear what time and the queue say."""
        totals = self._outbox.totals()
        reasons = []
        if totals.oldest_at is not None and now - totals.oldest_at > self._terms.max_age:
            reasons.append(f"oldest since {totals.oldest_at:%H:%M}")
        if totals.count >= self._terms.max_count:
            reasons.append(f"{totals.count} unsent")
        if totals.amount >= self._terms.max_sum:
            reasons.append(f"{totals.amount.decimal()} RUB unsent")
        self._hold(FaultCode.OFFLINE_BUDGET_SPENT, bool(reasons), ", ".join(reasons))
        late = totals.oldest_at is not None and (
            now >= self.cut_off(now) - self._terms.warn_before or totals.oldest_at.date() < now.date()
        )
        self._hold(FaultCode.OUTBOX_CUTOFF_NEAR, late, f"{totals.count} unsent, cut-off {self._terms.cut_off:%H:%M}")

    async def close_due(self, now: datetime) -> None:
        """Close the latest day whose cut-off has passed, once; try again later while the host does not answer."""
        day = now.date() if now >= self.cut_off(now) else now.date() - timedelta(days=1)
        if self._rests(now) or self._is_closed(day):
            return
        if self._has_unsettled(day.isoformat()):
            return
        await self.close(day, now)

    async def close(self, day: date, now: datetime) -> DayClosed | None:
        """Exchange the totals of a day and record whether they are equal. None when the host did not answer."""
        ours = self._journal.day_totals(day.isoformat())
        try:
            theirs = await self._processing.close_day(self._terminal, ours)
        except NotOffered:
            # The payee compares the day's registry by itself; there is nothing to ask until the next day.
            self._rest = now, NOT_OFFERED_REST
            self.compared = False
            return None
        except TransferError as error:
            log.warning("day_not_closed day=%s why=%s", day, error.detail)
            self._rest = now, CLOSE_RETRY
            return None
        self._rest = None
        if self._journal.day_totals(ours.day) != ours or self._has_unsettled(ours.day):
            log.info("day_goes_on day=%s", day)  # somebody has paid meanwhile: the next look closes it
            return None
        equal = ours == theirs
        fact = DayClosed(ours.day, ours.first, ours.last, ours.count, ours.sum, ours.head, equal)
        self._book.record(fact)
        self._hold(FaultCode.DAY_NOT_EQUAL, not equal, _difference(ours, theirs))
        return fact

    def _has_unsettled(self, day: str) -> bool:
        return any(True for _ in self._outbox.unsettled_of_day(day))

    def _rests(self, now: datetime) -> bool:
        """A clock that was put back does not make the rest longer."""
        if self._rest is None:
            return False
        since, pause = self._rest
        return since <= now < since + pause

    def _is_closed(self, day: date) -> bool:
        """The newest closing is of this day, and nothing has come to the day since. A closing of a later day was made
        by a clock that has since been put back, and says nothing about this one."""
        latest = self._journal.latest(DayClosed.kind)
        if not isinstance(latest, DayClosed) or latest.day != day.isoformat():
            return False
        return latest.head == self._journal.day_totals(latest.day).head

    def _hold(self, code: FaultCode, wrong: bool, detail: str) -> None:
        if wrong:
            self._health.raise_fault(code, detail)
        else:
            self._health.clear(code)


def _difference(ours: DayTotals, theirs: DayTotals) -> str:
    parts = [
        f"{name} {getattr(ours, name)} / {getattr(theirs, name)}"
        for name in ("day", "first", "last", "count", "sum", "head")
        if getattr(ours, name) != getattr(theirs, name)
    ]
    return ", ".join(parts)
