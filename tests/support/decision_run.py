"""Messages played through the pure core of a payment."""

from __future__ import annotations

from contracts.identifiers import IdempotencyKey, PaymentNumber, TerminalId
from contracts.money import Money
from terminal.payments.decide import decide
from terminal.payments.facts import Fact, NoteUnassigned, PaymentCreated, PaymentFact
from terminal.payments.messages import CheckAnswered, EscrowReported, Message, StackedReported, TenderEnded
from terminal.payments.payment import Payment, create, evolve
from terminal.payments.postings import LedgerAccount, postings_of

TERMINAL = TerminalId("T-0001")
NUMBER = PaymentNumber(7)
AT = "2026-11-21T14:05:00+03:00"
CREATED = PaymentCreated(
    NUMBER, IdempotencyKey("T-0001-p000000007"), "ab" * 32, "4567", Money.rubles(900), Money.rubles(15_000), AT
)
FIVE_HUNDRED = Money.rubles(500)


class Run:
    """Plays messages through the core as the service does, keeping every fact."""

    def __init__(self) -> None:
        self.facts: list[Fact] = [CREATED]
        self.payment: Payment = create(CREATED)
        self.effects: list[object] = []

    def send(self, *messages: Message) -> Run:
        for message in messages:
            decision = decide(self.payment, message, TERMINAL)
            for fact in decision.facts:
                self.facts.append(fact)
                if not isinstance(fact, NoteUnassigned):
                    assert isinstance(fact, PaymentFact)
                    self.payment = evolve(self.payment, fact)
            self.effects = list(decision.effects)
        return self

    def balances(self) -> dict[LedgerAccount, int]:
        totals = dict.fromkeys(LedgerAccount, 0)
        for fact in self.facts:
            for posting in postings_of(fact):
                totals[posting.account] += posting.debit.kopecks - posting.credit.kopecks
        return totals


def tendering() -> Run:
    return Run().send(CheckAnswered())


def funded() -> Run:
    return tendering().send(EscrowReported(FIVE_HUNDRED), StackedReported(FIVE_HUNDRED), TenderEnded(AT))
