"""The published description, the client's requests and the host's answers say the same thing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from contracts.identifiers import AccountNumber
from contracts.money import Money
from simulator.billing_host import demo_accounts
from simulator.billing_host.host import BillingHost
from simulator.billing_host.messages import Request
from terminal.ports.http import HttpRequest, HttpResponse
from terminal.ports.processing import AddressQuery, KeyConflict, TransferUnknown
from terminal.ports.records import DayTotals
from terminal.transfer.processing_client import JsonProcessing
from tests.support.billing_bench import DEADLINES, TERMINAL, TODAY, FixedClock, payment, readings
from tests.support.checkpoints import signed
from tests.support.openapi_checker import OpenApi, load
from tests.support.scripted_http import ScriptedHttp

DAY = DayTotals("2026-11-20", 0, 0, 0, Money(0), "0" * 64)
DEBTOR = AccountNumber(demo_accounts.DEBTOR)


async def every_call(client: JsonProcessing) -> None:
    """Every operation, answered with yes and with no."""
    for number in (DEBTOR, demo_accounts.COMPANY, demo_accounts.CLOSED_ACCOUNT, "5200000016", "5209999993"):
        await client.find_account(AccountNumber(number))
    for street in ("Садовая", "Несуществующая"):
        await client.find_account(AddressQuery("Санкт-Петербург", street, "5", "7"))
    for kopecks in (5, 500_00):
        await client.check_payment(DEBTOR, Money(kopecks))
    for each in (payment(1), payment(1), payment(2, account=demo_accounts.CLOSED_ACCOUNT)):
        await client.submit_payment(each)
    with pytest.raises(KeyConflict):
        await client.submit_payment(payment(1, kopecks=5_00))
    await client.submit_batch([payment(3), payment(4, account=demo_accounts.CLOSED_ACCOUNT), payment(1, kopecks=7_00)])
    for place in (1, 2, 9):
        await client.status(payment(place).key)
    for each_readings in (readings(1, ("30567812", "T1", 48_600)), readings(2, ("30567812", "T4", 1))):
        await client.submit_readings(each_readings)
    with pytest.raises(KeyConflict):
        await client.submit_readings(readings(1, ("30567812", "T1", 48_601)))
    await client.close_day(TERMINAL, DAY)
    for each_checkpoint in (signed(5, "a"), signed(5, "b"), signed(6, "c", by=b"another")):
        await client.witness(each_checkpoint)


class CheckedHost:
    """Answers like the host, and checks every request and answer against the description."""

    def __init__(self, description: OpenApi) -> None:
        self._description = description
        self._host = BillingHost(":memory:", lambda: TODAY, accounts=0)
        self.seen: set[tuple[str, int]] = set()

    def answer(self, request: HttpRequest) -> HttpResponse:
        assert self._description.request_faults(request) == []
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self._host.answer(Request(request.method, "/v1" + request.path, headers, request.body))
        response = HttpResponse(reply.status, {}, reply.body)
        assert self._description.response_faults(request, response) == []
        operation = self._description.operation(request.method, request.path)
        self.seen.add((operation["operationId"], reply.status))
        return response

    def close(self) -> None:
        self._host.store.close()


def play(scene: Callable[[CheckedHost, JsonProcessing], Awaitable[None]]) -> CheckedHost:
    host = CheckedHost(load())
    try:
        asyncio.run(_awaited(scene(host, JsonProcessing(ScriptedHttp(host.answer), FixedClock(), TERMINAL, DEADLINES))))
    finally:
        host.close()
    return host


async def _awaited(scene: Awaitable[None]) -> None:
    await scene


def test_every_described_answer_is_given_and_fits() -> None:
    async def scene(host: CheckedHost, client: JsonProcessing) -> None:
        await every_call(client)
        host.answer(HttpRequest("GET", "/health"))

    description = load()
    described = {
        (operation["operationId"], int(status))
        for item in description.root["paths"].values() for operation in item.values()
        for status in operation["responses"] if status != "default"
    }
    seen = play(scene).seen
    assert described - seen == {("findAccountByAddress", 422)}
    assert seen <= described


@pytest.mark.parametrize(("headers", "body", "status"), [
    ({}, b'{"version":1,"terminal":"T-0001","account":"1"}', 400),
    ({"Terminal-Id": "T-0001"}, b"{", 400),
    ({"Terminal-Id": "T-0001"}, b"[]", 400),
    ({"Terminal-Id": "T-0001"}, b'{"version":2,"terminal":"T-0001","account":"1"}', 400),
    ({"Terminal-Id": "T-0001"}, b'{"version":1,"terminal":"T-0001","account":5}', 400),
    ({"Terminal-Id": "T-0002"}, b'{"version":1,"terminal":"T-0001","account":"1"}', 400),
])
def test_requests_that_do_not_fit_get_a_described_problem(headers: Mapping[str, str], body: bytes, status: int) -> None:
    description = load()
    host = BillingHost(":memory:", lambda: TODAY, accounts=0)
    lower = {name.lower(): value for name, value in headers.items()}
    reply = host.answer(Request("POST", "/v1/accounts/by-number", lower, body))
    host.store.close()
    request = HttpRequest("POST", "/accounts/by-number", headers, body)
    assert reply.status == status
    assert description.response_faults(request, HttpResponse(reply.status, {}, reply.body)) == []


def test_host_serves_only_the_bearer_of_its_token() -> None:
    host = BillingHost(":memory:", lambda: TODAY, accounts=0, token="right")
    for header, status in (("", 401), ("Bearer wrong", 401), ("Bearer right", 200)):
        headers = {"terminal-id": "T-0001", "authorization": header}
        assert host.answer(Request("GET", "/v1/operations/k", headers)).status == status
    assert host.answer(Request("GET", "/v1/health", {})).status == 200
    wrong = ScriptedHttp(lambda request: HttpResponse(401, {}, host.answer(
        Request("POST", "/v1" + request.path, {}, request.body)).body))
    with pytest.raises(TransferUnknown, match="unauthorized"):
        asyncio.run(JsonProcessing(wrong, FixedClock(), TERMINAL).submit_payment(payment(1)))
    host.store.close()


def _examples(node: Any) -> list[tuple[Mapping[str, Any], Any]]:
    if isinstance(node, dict):
        found = [(node["schema"], node["example"])] if "schema" in node and "example" in node else []
        return found + [pair for value in node.values() for pair in _examples(value)]
    if isinstance(node, list):
        return [pair for value in node for pair in _examples(value)]
    return []


def test_examples_fit_their_schemas() -> None:
    description = load()
    examples = _examples(description.root)
    assert len(examples) >= 12
    for schema, example in examples:
        assert list(description.faults(example, schema)) == []


def test_checker_finds_faults() -> None:
    description = load()
    schema = {"$ref": "#/components/schemas/PaymentRequest"}
    good = description.operation("POST", "/payments")["requestBody"]["content"]["application/json"]["example"]
    assert list(description.faults(good, schema)) == []
    for name, value in (("kopecks", 1.0), ("kopecks", True), ("kopecks", 0), ("key", "a b"), ("version", 2),
                        ("paid_at", "2026-11-20 14:03"), ("account", 5)):
        assert list(description.faults({**good, name: value}, schema)) != []
    for name in good:
        assert list(description.faults({key: value for key, value in good.items() if key != name}, schema)) != []
