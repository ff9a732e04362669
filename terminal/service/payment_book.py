"""The book of payments: the only writer of facts.

Every message about a payment goes through `tell`: the pure core decides, the facts are committed in one transaction
(with the outbox row where money leaves), and only then are the effects handed out. When the store does not confirm,
the process halts at once: what happened is read from the disk by the next one.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import NoReturn

from contracts.identifiers import PaymentNumber, TerminalId, payment_key
from contracts.money import Money
from terminal.payments.decide import Decision, decide
from terminal.payments.effects import Effect
from terminal.payments.facts import (
    Fact,
    PaymentCreated,
    PaymentDone,
    PaymentFact,
    PaymentFunded,
    PaymentVoided,
    TransferAccepted,
    TransferRefused,
)
from terminal.payments.messages import Message
from terminal.payments.payment import Payment, create, evolve, fold
from terminal.payments.recovery import recover
from terminal.ports.clock import Clock
from terminal.ports.records import (
    BrokenIdentity,
    Journal,
    NewOutboxRow,
    OutboxKind,
    OutboxState,
    Sealed,
    Step,
    StoreFailed,
)
from terminal.ports.vault import Vault
from terminal.service.client_data import ClientData, decode

log = logging.getLogger(__name__)

Perform = Callable[[Payment, tuple[Effect, ...]], None]
Changed = Callable[[Payment], None]
Audited = Callable[[tuple[BrokenIdentity, ...]], None]


class PaymentBook:
    """All payments in which something is still open, by number."""

    def __init__(
        self, journal: Journal, vault: Vault, clock: Clock, terminal: TerminalId, halt: Callable[[str], NoReturn]
    ) -> None:
        self._journal = journal
        self._vault = vault
        self._clock = clock
        self._terminal = terminal
        self._halt = halt
        self._payments: dict[PaymentNumber, Payment] = {}
        self._perform: Perform = lambda _payment, _effects: None
        self._changed: list[Changed] = []
        self._audited: Audited = lambda _broken: None

    def connect(self, perform: Perform, audited: Audited) -> None:
        """Who carries out effects, and who hears of identities that do not hold."""
        self._perform = perform
        self._audited = audited

    def watch(self, changed: Changed) -> None:
        """Be told of every payment that has changed, after its facts are durable."""
        self._changed.append(changed)

    @property
    def payments(self) -> tuple[Payment, ...]:
        return tuple(self._payments.values())

    def payment(self, number: PaymentNumber) -> Payment | None:
        return self._payments.get(number)

    def load(self) -> tuple[Payment, ...]:
        """Read the open payments from the journal and settle what the journal alone can settle."""
        for number, facts in self._journal.open_payments().items():
            self._payments[number] = fold(tuple(facts))
        for payment in self.payments:
            facts_now = recover(payment).facts
            if facts_now:
                self._commit(payment, facts_now)
        self.audit()
        return self.payments

    def open(self, client: ClientData, due: Money, limit: Money) -> Payment:
        """S00: a payment begins. Its number and idempotency key are made here."""
        number = self._journal.next_payment()
        key = payment_key(self._terminal, number)
        ciphertext = self._vault.seal(client.encode(), key)
        digest = hashlib.sha256(ciphertext).hexdigest()
        fact = PaymentCreated(number, key, digest, client.account[-4:], due, limit, self.stamp())
        self.append(Step((fact,), sealed=(Sealed(digest, ciphertext),)))
        payment = create(fact)
        self._payments[number] = payment
        self._tell_watchers(payment)
        return payment

    def tell(self, number: PaymentNumber, message: Message) -> Decision:
        """Something happened to a payment. Returns what was decided, after it is durable and under way."""
        payment = self._payments[number]
        decision = decide(payment, message, self._terminal)
        if decision.facts:
            payment = self._commit(payment, decision.facts)
        if decision.effects:
            self._perform(payment, decision.effects)
        if decision.facts:
            self._tell_watchers(payment)
        return decision

    def record(self, *facts: Fact) -> None:
        """Facts that are not about one payment."""
        self.append(Step(facts))

    def append(self, step: Step) -> None:
        """Make a step durable or halt the process."""
        try:
            self._journal.append(step)
        except StoreFailed as error:
            log.critical("store_failed detail=%s", error)
            self._halt(f"the journal did not confirm a record: {error}")

    def client_of(self, payment: Payment) -> ClientData:
        """Open what is sealed. Raises `VaultBroken` or `ValueError`; `KeyError` when it has been erased."""
        ciphertext = self._journal.sealed(payment.sealed_account)
        if ciphertext is None:
            raise KeyError(f"the sealed data of payment {payment.number} has been erased")
        return decode(self._vault.open(ciphertext, payment.key))

    def audit(self) -> None:
        """Check the identities and tell who listens."""
        self._audited(tuple(self._journal.broken_identities()))

    def stamp(self) -> str:
        """Wall time for a record."""
        return self._clock.now().isoformat(timespec="seconds")

    def _commit(self, payment: Payment, facts: tuple[Fact, ...]) -> Payment:
        for fact in facts:
            if isinstance(fact, PaymentFact):
                payment = evolve(payment, fact)
        self.append(self._step(payment, facts))
        self._payments[payment.number] = payment
        if (payment.done or payment.voided) and not payment.disputed:
            del self._payments[payment.number]
        if any(isinstance(fact, PaymentFunded | PaymentDone | PaymentVoided) for fact in facts):
            self.audit()
        return payment

    def _step(self, payment: Payment, facts: tuple[Fact, ...]) -> Step:
        outbox: list[NewOutboxRow] = []
        settles: list[tuple[str, OutboxState]] = []
        for fact in facts:
            match fact:
                case PaymentFunded(total=total):
                    # The body is what the vault already holds for this payment; nothing personal is written twice.
                    now = self._clock.now()
                    outbox.append(NewOutboxRow(payment.key, OutboxKind.PAYMENT, b"", now, total))
                case TransferAccepted():
                    settles.append((payment.key, OutboxState.DELIVERED))
                case TransferRefused():
                    settles.append((payment.key, OutboxState.PARKED))
                case _:
                    pass
        return Step(facts, tuple(outbox), settles=tuple((payment.key, state) for _, state in settles))

    def _tell_watchers(self, payment: Payment) -> None:
        for changed in self._changed:
            changed(payment)
