"""The book of payments: the only writer of facts.

Every message about a payment goes through `tell`: the pure core decides, the facts are committed in one transaction
(with the outbox row where money leaves), and only then are the effects handed out. When the store does not confirm,
the process halts at once: what happened is read from the disk by the next one.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from typing import NoReturn

from contracts.identifiers import AccountNumber, IdempotencyKey, PaymentNumber, TerminalId, payment_key
from contracts.money import Money
from terminal.payments.decide import decide
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
from terminal.ports.vault import DataKey, SealedField, Vault
from terminal.service.client_data import ClientData, decode, decode_account

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
        self._by_key: dict[IdempotencyKey, PaymentNumber] = {}
        self._perform: Perform = lambda _payment, _effects: None
        self._changed: list[Changed] = []
        self._audited: Audited = lambda _broken: None
        self._stepped: Callable[[], None] = lambda: None

    def connect(self, perform: Perform, audited: Audited, stepped: Callable[[], None]) -> None:
        """Who carries out effects, who hears of identities that do not hold, and who of every durable step."""
        self._perform = perform
        self._audited = audited
        self._stepped = stepped

    def watch(self, changed: Changed) -> None:
        """Be told of every payment that has changed, after its facts are durable."""
        self._changed.append(changed)

    @property
    def payments(self) -> tuple[Payment, ...]:
        return tuple(self._payments.values())

    def payment(self, number: PaymentNumber) -> Payment | None:
        return self._payments.get(number)

    def of_key(self, key: IdempotencyKey) -> Payment | None:
        """The open payment with that key."""
        number = self._by_key.get(key)
        return None if number is None else self._payments[number]

    def load(self) -> tuple[Payment, ...]:
        """Read the open payments from the journal and settle what the journal alone can settle."""
        for facts in self._journal.open_payments().values():
            self._keep(fold(tuple(facts)))
        for payment in self.payments:
            self._commit(((payment, recover(payment).facts),))
        self.audit()
        return self.payments

    def open(self, client: ClientData, due: Money, limit: Money) -> Payment:
        """S00: a payment begins. Its number and idempotency key are made here."""
        number = self._journal.next_payment()
        key = payment_key(self._terminal, number)
        data_key = self._vault.data_key(key)
        ciphertext = self._vault.seal(client.encode(), data_key, SealedField.CLIENT)
        digest = hashlib.sha256(ciphertext).hexdigest()
        fact = PaymentCreated(number, key, digest, client.account[-4:], due, limit, self.stamp())
        self.append(Step((fact,), sealed=(Sealed(digest, ciphertext),), keys=(data_key,)))
        payment = create(fact)
        self._keep(payment)
        self._tell_watchers(payment)
        return payment

    def tell(self, number: PaymentNumber, message: Message) -> None:
        """Something happened to a payment; when this returns, what was decided is durable and under way."""
        self.tell_all(((number, message),))

    def tell_all(self, news: Sequence[tuple[PaymentNumber, Message]]) -> None:
        """News of several payments, each named once: one decision for each, one transaction for all."""
        assert len({number for number, _ in news}) == len(news), "a payment is named twice"
        decided = [
            (number, decide(self._payments[number], message, self._terminal)) for number, message in news
        ]
        changed = self._commit([(self._payments[number], decision.facts) for number, decision in decided])
        for number, decision in decided:
            if decision.effects:
                self._perform(changed[number], decision.effects)
        for number, decision in decided:
            if decision.facts:
                self._tell_watchers(changed[number])

    @property
    def next_record(self) -> int:
        """The sequence number that the first fact of the next step gets in the journal."""
        return self._journal.newest() + 1

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
        self._stepped()

    def client_of(self, payment: Payment) -> ClientData:
        """Open what is sealed. Raises `VaultBroken` or `ValueError`; `KeyError` when it has been erased."""
        return decode(self._opened(payment))

    def account_of(self, payment: Payment) -> AccountNumber:
        """Open what is sealed, for the account alone. Raises what `client_of` raises."""
        return decode_account(self._opened(payment))

    def data_key(self, owner: IdempotencyKey) -> DataKey:
        """The wrapped key of a payment's or of readings' data. Raises `KeyError` when it has been erased."""
        key = self._journal.data_key(owner)
        if key is None:
            raise KeyError(f"the data of {owner} has been erased")
        return key

    def audit(self) -> None:
        """Check the identities and tell who listens."""
        self._audited(tuple(self._journal.broken_identities()))

    def stamp(self) -> str:
        """Wall time for a record."""
        return self._clock.now().isoformat(timespec="seconds")

    def _opened(self, payment: Payment) -> bytes:
        ciphertext = self._journal.sealed(payment.sealed_account)
        if ciphertext is None:
            raise KeyError(f"the sealed data of payment {payment.number} has been erased")
        return self._vault.open(ciphertext, self.data_key(payment.key), SealedField.CLIENT)

    def _commit(self, news: Sequence[tuple[Payment, tuple[Fact, ...]]]) -> dict[PaymentNumber, Payment]:
        """Make the facts of some payments durable together; returns the payments as they are after them."""
        changed = {payment.number: _after(payment, facts) for payment, facts in news}
        facts = tuple(fact for _, each in news for fact in each)
        if not facts:
            return changed
        outbox = tuple(self._leaving(changed[fact.payment], fact) for fact in facts if isinstance(fact, PaymentFunded))
        settles = tuple(
            (changed[fact.payment].key, _ENDS[type(fact)])
            for fact in facts
            if isinstance(fact, TransferAccepted | TransferRefused)
        )
        self.append(Step(facts, outbox, settles=settles))
        for payment in changed.values():
            self._keep(payment)
        if any(isinstance(fact, PaymentFunded | PaymentDone | PaymentVoided) for fact in facts):
            self.audit()
        return changed

    def _leaving(self, payment: Payment, fact: PaymentFunded) -> NewOutboxRow:
        """The body is what the vault already holds for this payment; nothing personal is written twice."""
        return NewOutboxRow(payment.key, OutboxKind.PAYMENT, b"", self._clock.now(), fact.total)

    def _keep(self, payment: Payment) -> None:
        """Only what is still open is kept in memory."""
        if (payment.done or payment.voided) and not payment.disputed:
            self._payments.pop(payment.number, None)
            self._by_key.pop(payment.key, None)
        else:
            self._payments[payment.number] = payment
            self._by_key[payment.key] = payment.number

    def _tell_watchers(self, payment: Payment) -> None:
        for changed in self._changed:
            changed(payment)


_ENDS: dict[type[Fact], OutboxState] = {
    TransferAccepted: OutboxState.DELIVERED,
    TransferRefused: OutboxState.PARKED,
}
"""What the host's last word makes of the outbox row."""


def _after(payment: Payment, facts: tuple[Fact, ...]) -> Payment:
    for fact in facts:
        if isinstance(fact, PaymentFact):
            payment = evolve(payment, fact)
    return payment
