"""Personal data goes when nobody needs it any more: at once after a payment without money, otherwise after the time in
which a client may dispute.

Erasing has two parts. `E10` deletes the data and its key from the journal. Then the epoch of keys ends: whatever is
still needed is wrapped under a fresh one (`E20`), and the old one is destroyed (`E30`), which makes unreadable every
copy of what was deleted: in the journal's log, in its second copy, in a backup. Both parts go on at the next start
from wherever a power cut has left them. Work is done in small pieces while no client is there.

While the clock is in doubt, nothing is erased because of its age. What is not erased in time, whatever the reason, is
a fault.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from contracts.faults import FaultCode
from terminal.payments.facts import DataErased, DayClosed, KeysDestroyed, KeysRenewed
from terminal.payments.payment import Payment
from terminal.ports.clock import Clock
from terminal.ports.records import Journal, Step
from terminal.ports.vault import Vault, VaultBroken
from terminal.service.health import Health
from terminal.service.payment_book import PaymentBook
from terminal.service.same_day import SameDay

log = logging.getLogger(__name__)

LOOK_S = 10.0
"""How often it is seen whether nobody is there."""
ROUND_S = 600.0
"""How often it is looked for what has become due; also the longest that an epoch outlives what was erased in it."""
FIRST_ROUND_S = 60.0
"""After the start; the devices and the host come first."""
GRACE = timedelta(days=1)
"""How long after its time data may still be there before that is a fault: a busy terminal, a host that is slow to agree
on a day."""
ERASED_AT_ONCE = 32
RENEWED_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class ErasureTerms:
    """From the configuration."""

    dispute_window: timedelta = timedelta(hours=72)
    """How long after the end of its day a payment's data is kept."""


class Erasure:
    def __init__(
        self, journal: Journal, vault: Vault, book: PaymentBook, same_day: SameDay, health: Health, clock: Clock,
        clock_doubt: Callable[[], str], terms: ErasureTerms, idle: Callable[[], bool],
    ) -> None:
        """`clock_doubt` says why the wall clock is not believed; empty when it is."""
        self._journal = journal
        self._vault = vault
        self._book = book
        self._same_day = same_day
        self._health = health
        self._clock = clock
        self._clock_doubt = clock_doubt
        self._terms = terms
        self._idle = idle
        self._voided = False
        self._not_turned = ""
        """Why the epoch could not be ended; empty when it could."""
        self._next_round = clock.monotonic() + FIRST_ROUND_S
        self._next_watch = clock.monotonic() + ROUND_S

    def changed(self, payment: Payment) -> None:
        """A payment has changed: the data of one that ended without money is erased as soon as the client is gone."""
        self._voided = self._voided or payment.voided

    async def run(self) -> None:
        """Erase for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self._idle():
                self.look()
            if self._clock.monotonic() >= self._next_watch:
                self.watch()

    def look(self) -> None:
        """One small piece of what is to be done now."""
        if self._voided or self._clock.monotonic() >= self._next_round:
            self._voided = self._erase_some()
            if self._voided or self._turn_further():
                return
            self._next_round = self._clock.monotonic() + ROUND_S

    def watch(self) -> None:
        """Raise or clear the fault of data whose time is over and that is still there, or to be read in copies."""
        self._next_watch = self._clock.monotonic() + ROUND_S
        reason = self._why_overdue() or self._not_turned
        if reason:
            self._health.raise_fault(FaultCode.DATA_OVERDUE, reason)
        else:
            self._health.clear(FaultCode.DATA_OVERDUE)

    def _why_overdue(self) -> str:
        """Why data is kept longer than it should be; empty when none is. By the terminal's clock, right or wrong."""
        last = self._kept_until(GRACE)
        at_once = self._journal.erasable("", ERASED_AT_ONCE)
        if all(each in at_once for each in self._journal.erasable(last, ERASED_AT_ONCE)):
            return ""
        doubt = self._clock_doubt()
        if doubt:
            return doubt
        return "терминал всё время занят" if self._agreed_until() >= last else "сервер не сверил итоги дня"

    def _erase_some(self) -> bool:
        """Erase what is due. True when there may be more of it."""
        due = self._journal.erasable(self._done_by(), ERASED_AT_ONCE)
        if due:
            at, epoch = self._book.stamp(), self._vault.epoch
            self._book.record(*(DataErased(each.key, each.sealed, epoch, at) for each in due))
            log.info("data_erased count=%d epoch=%d", len(due), epoch)
        return len(due) == ERASED_AT_ONCE

    def _done_by(self) -> str:
        """The last day whose data has been kept long enough; empty for none."""
        return "" if self._clock_doubt() else min(self._kept_until(timedelta()), self._agreed_until())

    def _kept_until(self, longer: timedelta) -> str:
        """The last day whose data has been kept for its time and longer."""
        return ((self._clock.now() - self._terms.dispute_window - longer).date() - timedelta(days=1)).isoformat()

    def _agreed_until(self) -> str:
        """The last day that the host was asked about; empty for none. One that is still to come was closed by a wrong
        clock and says nothing."""
        today = self._clock.now().date().isoformat()
        if not self._same_day.compared:
            return today
        closed = self._journal.latest(DayClosed.kind)
        return closed.day if isinstance(closed, DayClosed) and closed.day <= today else ""

    def _turn_further(self) -> bool:
        """One step of ending an epoch. True when there is another."""
        self._not_turned = ""
        try:
            if self._vault.turning:
                return self._renew_some() or self._end_epoch()
            erased = self._journal.latest(DataErased.kind)
            if isinstance(erased, DataErased) and erased.epoch >= self._vault.epoch:
                self._vault.begin_epoch()
                return True
            return self._record_end()
        except OSError as error:
            log.warning("epoch_not_turned epoch=%d why=%s", self._vault.epoch, error.strerror)
            self._not_turned = f"ключи не сменить: {error.strerror}"
        except VaultBroken as error:
            log.error("epoch_not_turned epoch=%d why=%s", self._vault.epoch, error)
            self._not_turned = f"ключи не сменить: {error}"
        return False

    def _renew_some(self) -> bool:
        """Wrap keys of earlier epochs under the present one. False when there is none left."""
        keys = self._journal.data_keys_before(self._vault.epoch, RENEWED_AT_ONCE)
        if not keys:
            return False
        renewed = tuple(self._vault.rewrapped(each) for each in keys)
        fact = KeysRenewed(self._vault.epoch, len(renewed), self._book.stamp())
        self._book.append(Step((fact,), keys=renewed))
        return True

    def _end_epoch(self) -> bool:
        """Destroy the earlier epochs; first the renewed keys are made durable in every copy of the journal."""
        self._journal.rest()
        self._vault.destroy_before(self._vault.epoch)
        return True

    def _record_end(self) -> bool:
        """Write down that no earlier epoch exists any more, unless that is written already."""
        ended = self._journal.latest(KeysDestroyed.kind)
        present = self._vault.epoch
        if present > 1 and (not isinstance(ended, KeysDestroyed) or ended.before < present):
            self._book.record(KeysDestroyed(present, self._book.stamp()))
            log.info("epochs_destroyed before=%d", present)
        return False
