"""Client of payees that speak the OSMP provider protocol (docs/protocols/osmp.md).

The protocol knows no inquiry: sending `pay` again with the same `txn_id`, date and sum is the only way to ask what
became of a payment, and the payee must answer with the first result. It knows neither readings, nor a search by
address, nor the end of a day; the day's registry (`terminal.transfer.registry`) takes the place of the last.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from contracts.checkpoint import SignedCheckpoint
from contracts.identifiers import AccountNumber, IdempotencyKey, OperationNumber, TerminalId
from contracts.money import ZERO, Money
from terminal.accounts.account import AccountCard, AccountState, HolderKind, LookupRefusal, ServiceCharge
from terminal.accounts.masking import masked_address, masked_holder
from terminal.metering.meter import ReadingWindow
from terminal.ports.clock import Clock
from terminal.ports.http import HttpRequest, HttpTransport
from terminal.ports.processing import (
    Accepted,
    AddressQuery,
    Contradicted,
    KeyConflict,
    NotKnown,
    NotOffered,
    PaymentSubmission,
    ReadingsSubmission,
    Refused,
    TransferError,
    TransferUnknown,
    Witnessed,
)
from terminal.ports.records import DayTotals
from terminal.transfer import osmp_requests
from terminal.transfer.exchange import ask
from terminal.transfer.osmp_profile import OsmpProfile
from terminal.transfer.osmp_results import RESULTS, Finality, Result
from terminal.transfer.osmp_xml import OsmpAnswer, WrongXml, read_answer

log = logging.getLogger(__name__)
UNSUPPORTED = "unsupported"
"""Code of the refusal of readings."""
MAX_OPERATION = 40
"""Characters of the payee's own number."""
NO_TRANSACTION = 0
"""`txn_id` of a check that asks for the balance only."""
Value = TypeVar("Value")


class OsmpProcessing:
    """Implements `terminal.ports.processing.Processing` as far as the protocol goes. No I/O until the first call."""

    def __init__(self, http: HttpTransport, clock: Clock, terminal: TerminalId, profile: OsmpProfile) -> None:
        """Raises `ValueError` for a terminal identifier that makes no `txn_id`."""
        self._http = http
        self._clock = clock
        self._terminal_number = osmp_requests.terminal_number(terminal)
        self._profile = profile
        self._extra = {"trm_id": str(terminal)}

    async def find_account(self, query: AccountNumber | AddressQuery) -> AccountCard | LookupRefusal:
        if isinstance(query, AddressQuery):
            raise TransferError("OSMP has no search by address")
        if self._profile.by_info:
            answer = await self._ask(osmp_requests.info_query(query, self._extra), self._profile.lookup_timeout_s)
        else:
            text = osmp_requests.check_query(NO_TRANSACTION, query, ZERO, self._extra)
            answer = await self._ask(text, self._profile.lookup_timeout_s, NO_TRANSACTION)
        result = _decided(answer)
        if result.lookup is not None:
            return result.lookup
        if result.finality is Finality.NEVER:
            raise TransferUnknown(f"look-up answered with result {result.code}")
        return _read(lambda: self._card(query, answer))

    async def check_payment(self, account: AccountNumber, amount: Money) -> Refused | None:
        transaction = osmp_requests.transaction_id(self._terminal_number, 0)
        text = osmp_requests.check_query(transaction, account, amount, self._extra)
        result = _decided(await self._ask(text, self._profile.lookup_timeout_s, transaction))
        return _refused(result) if result.finality is Finality.NEVER else None

    async def submit_payment(self, payment: PaymentSubmission) -> Accepted | Refused:
        transaction = osmp_requests.transaction_id(osmp_requests.terminal_number(payment.terminal), payment.number)
        text = osmp_requests.pay_query(transaction, payment.paid_at, payment.account, payment.amount, self._extra)
        answer = await self._ask(text, self._profile.pay_timeout_s, transaction)
        result = _decided(answer)
        if result.finality is Finality.NEVER:
            return _refused(result)
        return _read(lambda: self._accepted(payment, answer))

    @property
    def batch_limit(self) -> int:
        return 1

    async def submit_batch(
        self, payments: Sequence[PaymentSubmission]
    ) -> Mapping[IdempotencyKey, Accepted | Refused | KeyConflict]:
        """One payment: the protocol knows no batches. Raises `ValueError` for more."""
        (payment,) = payments
        return {payment.key: await self.submit_payment(payment)}

    async def reach(self) -> None:
        """A check of an account that cannot be: any answer in the protocol will do. Raises `TransferError`."""
        text = osmp_requests.check_query(NO_TRANSACTION, AccountNumber("0"), ZERO, self._extra)
        await self._ask(text, self._profile.lookup_timeout_s, NO_TRANSACTION)

    async def submit_readings(self, readings: ReadingsSubmission) -> Accepted | Refused:
        """Always `Refused` with the code `UNSUPPORTED`."""
        del readings
        return Refused(UNSUPPORTED, "Получатель не принимает показания через этот протокол")

    async def status(self, key: IdempotencyKey) -> Accepted | Refused | NotKnown:
        """Always raises `TransferError`: only a repeated `submit_payment` tells what became of a payment."""
        raise TransferError(f"{key}: OSMP has no inquiry by key, send the payment again")

    async def close_day(self, terminal: TerminalId, totals: DayTotals) -> DayTotals:
        """Always raises `NotOffered`: the payee compares the day's registry by itself."""
        raise NotOffered(f"{terminal} {totals.day}: OSMP has no end of day, the payee compares the registry")

    async def witness(self, signed: SignedCheckpoint) -> Witnessed | Contradicted | Refused:
        """Always raises `NotOffered`: the protocol knows payments and nothing of journals."""
        raise NotOffered(f"{signed.checkpoint.terminal}: OSMP has no checkpoints")

    async def _ask(self, query: str, timeout_s: float, transaction: int | None = None) -> OsmpAnswer:
        request = HttpRequest("GET", f"{self._profile.path}?{query}", {"Accept": "text/xml, application/xml"})
        response = await ask(self._http, self._clock, request, timeout_s)
        if response.status != 200:
            raise TransferUnknown(f"HTTP status {response.status}")

        def read() -> OsmpAnswer:
            answer = read_answer(response.body)
            if transaction is not None and answer.transaction != transaction:
                raise WrongXml("txn_id: answers another request")
            return answer

        return _read(read)

    def _card(self, account: AccountNumber, answer: OsmpAnswer) -> AccountCard:
        profile = self._profile
        balance = answer.money(profile.names.balance)
        if balance is None:
            raise WrongXml(f"{profile.names.balance}: missing")
        due = balance if profile.balance_is_debt else -balance
        return AccountCard(
            number=account,
            company=profile.company,
            company_name=profile.company_name,
            kind=HolderKind.INDIVIDUAL,
            state=AccountState.OPEN,
            holder=masked_holder(HolderKind.INDIVIDUAL, answer.text(profile.names.holder)),
            address=masked_address(answer.text(profile.names.address)),
            services=(ServiceCharge(profile.service, profile.service_name, due),),
            meters=(),
            period=self._clock.now().strftime("%Y-%m"),
            window=ReadingWindow(1, 31),
        )

    def _accepted(self, payment: PaymentSubmission, answer: OsmpAnswer) -> Accepted:
        if answer.money("sum") != payment.amount:
            raise WrongXml("sum: missing or another than was sent")
        number = answer.values.get("prv_txn", "")
        if not 0 < len(number) <= MAX_OPERATION or not number.isprintable():
            raise WrongXml("prv_txn: missing or too long")
        balance = answer.money(self._profile.names.balance)
        if balance is not None and not self._profile.balance_is_debt:
            balance = -balance
        return Accepted(OperationNumber(number), balance)


def _decided(answer: OsmpAnswer) -> Result:
    """The result, when it decides anything. Raises `TransferUnknown` for the others."""
    code = _read(lambda: answer.result)
    result = RESULTS.get(code)
    if result is None:
        raise TransferUnknown(f"unknown result {code}")
    if result.finality is Finality.LATER:
        raise TransferUnknown(f"result {code}: {result.name}")
    return result


def _refused(result: Result) -> Refused:
    return Refused(result.name, f"{result.meaning} (код {result.code})")


def _read(read: Callable[[], Value]) -> Value:
    try:
        return read()
    except WrongXml as error:
        log.warning("payee_answered_wrong detail=%s", error)
        raise TransferUnknown(f"wrong answer: {error}") from error
