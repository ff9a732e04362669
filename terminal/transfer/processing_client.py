"""Client of our own contract with billing hosts: HTTPS and JSON, version 1 (docs/protocols/openapi.yaml).

Whatever comes back that is not exactly an answer to what was asked is *unknown*, never a yes and never a no. A repeat
of the same submission is always safe: the host answers by the key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from contracts.checkpoint import SignedCheckpoint
from contracts.identifiers import AccountNumber, IdempotencyKey, TerminalId
from contracts.money import Money
from terminal.accounts.account import AccountCard, LookupRefusal
from terminal.accounts.search import address_key
from terminal.ports.clock import Clock
from terminal.ports.http import HttpRequest, HttpResponse, HttpTransport
from terminal.ports.processing import (
    Accepted,
    AddressQuery,
    Contradicted,
    KeyConflict,
    NotKnown,
    PaymentSubmission,
    ReadingsSubmission,
    Refused,
    TransferUnknown,
    Witnessed,
)
from terminal.ports.records import DayTotals
from terminal.transfer import contract_answers, contract_requests
from terminal.transfer.answer_fields import WrongAnswer, read_object
from terminal.transfer.contract_answers import KeyTaken, NotAnswered
from terminal.transfer.exchange import ask

log = logging.getLogger(__name__)
MAX_BATCH = 200
"""Payments in one request."""
REACH_S = 3.0
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long each kind of call may take in all, in seconds."""

    lookup_s: float = 8.0
    """A client stands and waits."""
    submit_s: float = 15.0
    day_s: float = 60.0


class JsonProcessing:
    """Implements `terminal.ports.processing.Processing`. No I/O until the first call."""

    def __init__(
        self, http: HttpTransport, clock: Clock, terminal: TerminalId, deadlines: Deadlines | None = None
    ) -> None:
        self._http = http
        self._clock = clock
        self._terminal = terminal
        self._deadlines = deadlines or Deadlines()

    async def find_account(self, query: AccountNumber | AddressQuery) -> AccountCard | LookupRefusal:
        asked: Mapping[str, object]
        if isinstance(query, AddressQuery):
            address = address_key(query.locality, query.street, query.house, query.flat)
            request = contract_requests.find_by_address(self._terminal, address)
            asked = {"address": contract_requests.address_body(address)}
        else:
            request = contract_requests.find_by_number(self._terminal, query)
            asked = {"account": query}

        def read(response: HttpResponse) -> AccountCard | LookupRefusal:
            found = contract_answers.read_lookup(response, self._terminal, asked)
            return contract_answers.lookup_refusal(found) if isinstance(found, Refused) else found

        return await self._call(request, self._deadlines.lookup_s, read)

    async def check_payment(self, account: AccountNumber, amount: Money) -> Refused | None:
        request = contract_requests.check_payment(self._terminal, account, amount)
        asked = {"account": account, "kopecks": amount.kopecks}
        return await self._call(
            request, self._deadlines.lookup_s,
            lambda response: contract_answers.read_check(response, self._terminal, asked))

    async def submit_payment(self, payment: PaymentSubmission) -> Accepted | Refused:
        result = await self._call(
            contract_requests.submit_payment(payment), self._deadlines.submit_s,
            lambda response: contract_answers.read_payment(response, payment))
        return _settled(result, payment.key)

    @property
    def batch_limit(self) -> int:
        return MAX_BATCH

    async def reach(self) -> None:
        """`/health` answers 200 with JSON; a captive portal's page does not count. Raises `TransferError`."""
        response = await ask(self._http, self._clock, contract_requests.health(self._terminal), REACH_S)
        if response.status != 200:
            raise TransferUnknown(f"health: HTTP status {response.status}")
        try:
            read_object(response.body)
        except WrongAnswer as error:
            raise TransferUnknown(f"health: {error}") from error

    async def submit_batch(
        self, payments: Sequence[PaymentSubmission]
    ) -> Mapping[IdempotencyKey, Accepted | Refused | KeyConflict]:
        """Submit up to `MAX_BATCH` payments of this terminal in one request, each under its own key; one of them
        never spoils another, so a conflict is told as a value. Raises `NotSent` or `TransferUnknown` for all."""
        if not 0 < len(payments) <= MAX_BATCH:
            raise ValueError(f"a batch holds 1 to {MAX_BATCH} payments")
        results = await self._call(
            contract_requests.submit_batch(self._terminal, payments), self._deadlines.submit_s,
            lambda response: contract_answers.read_batch(response, self._terminal, payments))
        return {
            key: _conflict(key) if isinstance(result, KeyTaken) else result for key, result in results.items()
        }

    async def submit_readings(self, readings: ReadingsSubmission) -> Accepted | Refused:
        result = await self._call(
            contract_requests.submit_readings(readings), self._deadlines.submit_s,
            lambda response: contract_answers.read_readings(response, readings.terminal, readings.key))
        return _settled(result, readings.key)

    async def status(self, key: IdempotencyKey) -> Accepted | Refused | NotKnown:
        return await self._call(
            contract_requests.status(self._terminal, key), self._deadlines.submit_s,
            lambda response: contract_answers.read_status(response, self._terminal, key))

    async def close_day(self, terminal: TerminalId, totals: DayTotals) -> DayTotals:
        return await self._call(
            contract_requests.close_day(terminal, totals), self._deadlines.day_s,
            lambda response: contract_answers.read_day(response, terminal, totals.day))

    async def witness(self, signed: SignedCheckpoint) -> Witnessed | Contradicted | Refused:
        return await self._call(
            contract_requests.witness(signed), self._deadlines.submit_s,
            lambda response: contract_answers.read_witness(response, signed))

    async def _call(self, request: HttpRequest, timeout_s: float, read: Callable[[HttpResponse], Answer]) -> Answer:
        response = await ask(self._http, self._clock, request, timeout_s)
        try:
            return read(response)
        except NotAnswered as error:
            log.warning("host_declined_request path=%s detail=%s", request.path, error)
            raise TransferUnknown(str(error)) from error
        except WrongAnswer as error:
            log.warning("host_answered_wrong path=%s status=%s detail=%s", request.path, response.status, error)
            raise TransferUnknown(f"wrong answer: {error}") from error


def _settled(result: Accepted | Refused | KeyTaken, key: IdempotencyKey) -> Accepted | Refused:
    if isinstance(result, KeyTaken):
        raise _conflict(key)
    return result


def _conflict(key: IdempotencyKey) -> KeyConflict:
    return KeyConflict(f"{key}: the host holds another body under this key")
