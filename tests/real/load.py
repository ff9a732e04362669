"""The load: cash payments through the production journal, payment book and core, as fast as the disk allows.

`python -m tests.real.load DIRECTORY PAYMENTS` makes so many and ends in order.

What to do next is read from the payments alone, so that a fresh process goes on where a killed one was. The devices
and the host are a `Truth` in shared memory: they act only when an effect says so and are asked when nothing is known.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from contracts.identifiers import AccountNumber, OperationNumber, PaymentNumber
from contracts.money import Money
from fiscal.documents import FiscalDocument, Operation, StorageMark
from terminal.payments.effects import Effect, FormReceipt, StackNote
from terminal.payments.messages import (
    CheckAnswered,
    EscrowReported,
    HostAccepted,
    HostRefused,
    Message,
    PrintingEnded,
    ReceiptFormed,
    ReceiptNotFormed,
    ReceiptReady,
    ReturnedReported,
    StackedReported,
    TenderEnded,
)
from terminal.payments.payment import Payment, ReceiptTrack
from terminal.ports.records import OutboxState
from terminal.service.client_data import ClientData, ServiceLine
from terminal.service.payment_book import PaymentBook
from tests.real.composition import CLOCK, TERMINAL, Place, open_store, open_vault, place_in
from tests.real.truth import Event, Truth
from tests.real.words import TellingJournal

STORAGE = "9999078900001234"
VALUES = tuple(Money.rubles(each) for each in (50, 100, 500, 1000, 5000))
LIMIT = Money.rubles(30_000)
BATCH = 3
"""Payments whose transfer is answered in one transaction."""
NOTES_LIMIT = 4
RETURNS_EVERY = 5
"""The acceptor gives back the first note of every such payment."""
REFUSES_EVERY = 17
RESTS_EVERY = 40
"""Payments between two copies of the log into the file."""
STEPS_OF_SYNC = 3
EXIT_HALTED = 70
CLIENT = ClientData(AccountNumber("7801234567"), "Двинская", "2026-02", (ServiceLine("Электроэнергия", 50_000),))
NO_DOCUMENT_SIGN = 3_141_592_653


def halt(reason: str) -> NoReturn:
    """As production ends after a commit that did not return: at once."""
    os.write(2, f"halt {reason}\n".encode())
    os._exit(EXIT_HALTED)


class Load:
    """One process. `words` is the descriptor that its words go to."""

    def __init__(self, place: Place, words: int, halts: Callable[[str], NoReturn] = halt) -> None:
        self._opened = open_store(place)
        self.journal = TellingJournal(self._opened.journal, words)
        self._truth = Truth(place.truth)
        self.book = PaymentBook(
            self.journal, open_vault(place), CLOCK, TERMINAL, halts  # type: ignore[arg-type]
        )
        self.book.connect(self._perform, self._audited, self._stepped)
        self._steps = 0

    def run_for_ever(self) -> NoReturn:
        self.settle()
        while True:
            self.pay(BATCH)

    def settle(self) -> None:
        """Finish what the last process has left."""
        self.book.load()
        self._finish()

    def pay(self, payments: int) -> None:
        """So many clients, one after another, and the transfer of their payments together."""
        for _ in range(payments):
            number = self.book.open(CLIENT, Money.rubles(500), LIMIT).number
            self._advance(number)
            if number % RESTS_EVERY == 0:
                self._opened.journal.rest()
        self._finish()

    def close(self) -> None:
        self._opened.journal.close()
        self._truth.close()

    def _finish(self) -> None:
        for payment in self.book.payments:
            self._advance(payment.number)
        waiting = [each for each in self.book.payments if each.operation is None and each.refused is None]
        for first in range(0, len(waiting), BATCH):
            self.book.tell_all([(each.number, self._answer(each)) for each in waiting[first : first + BATCH]])
        assert not self.book.payments, "every payment ends"

    def _advance(self, number: PaymentNumber) -> None:
        """Everything but the transfer."""
        while (payment := self.book.payment(number)) is not None:
            message = self._next_of(payment)
            if message is None:
                return
            self.book.tell(number, message)

    def _next_of(self, payment: Payment) -> Message | None:
        if not payment.checked:
            return CheckAnswered()
        if payment.pending is not None:
            stacked = self._truth.knows(Event.STACKED, payment.number, payment.pending.note)
            return StackedReported(payment.pending.value) if stacked else ReturnedReported()
        if not payment.funded:
            if payment.notes < 1 + payment.number % NOTES_LIMIT:
                return EscrowReported(VALUES[(payment.number + payment.notes) % len(VALUES)])
            return TenderEnded(self.book.stamp())
        return self._receipt(payment, payment.receipt)

    def _receipt(self, payment: Payment, track: ReceiptTrack) -> Message | None:
        """After silence the register is read back, never asked to do it again."""
        if track.registered is not None:
            return None if track.finished else PrintingEnded(True)
        if track.requested is None:
            return ReceiptReady(StorageMark(STORAGE, self._truth.documents), "d" * 64, self.book.stamp())
        if not self._truth.knows(Event.FORMED, payment.number):
            return ReceiptNotFormed("nothing was formed")
        at = datetime.fromisoformat(track.requested.at).replace(tzinfo=None)
        number = self._truth.document(payment.number)
        document = FiscalDocument(STORAGE, number, NO_DOCUMENT_SIGN, at, Operation.SALE, payment.inserted)
        return ReceiptFormed(document)

    def _answer(self, payment: Payment) -> HostAccepted | HostRefused:
        """The host's word, the same each time it is asked under the same key."""
        row = self._opened.outbox.row(payment.key)
        assert row is not None
        assert (row.state, row.amount) == (OutboxState.DUE, payment.inserted), row
        event = Event.HELD if payment.number % REFUSES_EVERY else Event.REFUSED
        if not self._truth.knows(event, payment.number):
            self._truth.add(event, payment.number, payment.inserted.kopecks)
        if event is Event.REFUSED:
            return HostRefused("5", "no such account")
        return HostAccepted(OperationNumber(f"op-{payment.number}"), self.book.stamp())

    def _perform(self, payment: Payment, effects: tuple[Effect, ...]) -> None:
        """The devices act; only now, when the record is durable."""
        for effect in effects:
            match effect:
                case StackNote():
                    intent = payment.pending
                    assert intent is not None
                    if intent.note > 1 or payment.number % RETURNS_EVERY:
                        self._truth.add(Event.STACKED, payment.number, intent.value.kopecks, intent.note)
                case FormReceipt():
                    assert not self._truth.knows(Event.FORMED, payment.number), "a second document"
                    self._truth.add(Event.FORMED, payment.number, payment.inserted.kopecks)
                case _:
                    pass

    def _stepped(self) -> None:
        """Steps that follow one another share the sync of their second copy."""
        self._steps += 1
        if self._steps % STEPS_OF_SYNC == 0:
            self._opened.journal.sync_mirror()

    def _audited(self, broken: tuple[object, ...]) -> None:
        assert not broken, broken


def main() -> int:
    """Settle what is there, so many payments more, and an orderly end; its words go to standard output."""
    load = Load(place_in(Path(sys.argv[1])), sys.stdout.fileno())
    load.settle()
    load.pay(int(sys.argv[2]))
    load.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
