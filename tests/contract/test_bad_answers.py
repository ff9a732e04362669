"""Every kind of answer that is not exactly the answer to what was asked ends as the right exception or value."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import pytest

from contracts.identifiers import AccountNumber, OperationNumber
from contracts.money import Money
from simulator.billing_host.demo_accounts import DEBTOR, demo_accounts
from simulator.billing_host.host import BillingHost
from simulator.billing_host.messages import Request
from terminal.accounts.account import LookupRefusal
from terminal.ports.http import MAX_RESPONSE_BYTES, HttpRequest, HttpResponse, NoAnswer, NoConnection
from terminal.ports.processing import (
    Accepted,
    KeyConflict,
    NotKnown,
    NotSent,
    Refused,
    TransferError,
    TransferUnknown,
)
from terminal.ports.records import DayTotals
from terminal.transfer.processing_client import JsonProcessing
from tests.support.billing_bench import DEADLINES, NOON, TERMINAL, TODAY, FixedClock, payment, readings
from tests.support.scripted_http import Script, ScriptedHttp

ACCEPTED: dict[str, Any] = {
    "version": 1, "terminal": "T-0001", "key": "T-0001-p000000001", "account": DEBTOR, "kopecks": 100_00,
    "operation": "7000000001", "balance_kopecks": -5}
REFUSAL = {"code": "closed", "reason": "Лицевой счёт закрыт"}
REFUSED: dict[str, Any] = {
    **{name: ACCEPTED[name] for name in ("version", "terminal", "key", "account", "kopecks")}, "refusal": REFUSAL}
PROBLEM = {"version": 1, "problem": {"code": "unauthorized", "reason": "token"}}
ABSENT = object()


def reply(status: int, body: object, headers: dict[str, str] | None = None) -> HttpResponse:
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return HttpResponse(status, headers or {}, data)


def client(*script: Script) -> JsonProcessing:
    return JsonProcessing(ScriptedHttp(*script), FixedClock(), TERMINAL, DEADLINES)


def run(call: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(call)


def changed(body: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {name: value for name, value in {**body, **fields}.items() if value is not ABSENT}


def test_good_answer_is_taken_and_unknown_fields_are_left_alone() -> None:
    body = changed(ACCEPTED, loyalty={"points": 1.5}, version_of_host="9")
    answer = run(client(reply(200, body)).submit_payment(payment(1)))
    assert answer == Accepted(OperationNumber("7000000001"), Money(-5))


def test_balance_may_be_left_out() -> None:
    answer = run(client(reply(200, changed(ACCEPTED, balance_kopecks=ABSENT))).submit_payment(payment(1)))
    assert answer == Accepted(OperationNumber("7000000001"))


@pytest.mark.parametrize("fields", [
    {"version": 2}, {"version": "1"}, {"version": True}, {"version": ABSENT}, {"terminal": "T-0002"},
    {"terminal": ABSENT}, {"key": "T-0001-p000000002"}, {"key": ABSENT}, {"account": "5200000023"},
    {"account": ABSENT}, {"kopecks": 100_01}, {"kopecks": 100_00.0}, {"kopecks": "10000"}, {"kopecks": ABSENT},
    {"operation": ABSENT}, {"operation": ""}, {"operation": 7}, {"operation": "7\n8"}, {"operation": "x" * 41},
    {"balance_kopecks": 1.5}, {"balance_kopecks": 10**13}, {"balance_kopecks": "5"}, {"refusal": REFUSAL},
], ids=str)
def test_answer_that_is_not_ours_or_not_whole_is_unknown(fields: dict[str, object]) -> None:
    with pytest.raises(TransferUnknown):
        run(client(reply(200, changed(ACCEPTED, **fields))).submit_payment(payment(1)))


@pytest.mark.parametrize("body", [
    b"", b"null", b"[]", b"7", b"<!DOCTYPE html><html></html>", b"\xff\xfe", b"NaN", b"[" * 100_000,
    b'{"version": 1, "version": 1}', b'{"version": ' + b"1" * 5000 + b"}",
    json.dumps(ACCEPTED).encode("utf-16"), b"\xef\xbb\xbf" + json.dumps(ACCEPTED).encode(),
], ids=["empty", "null", "list", "number", "html", "binary", "nan", "deep", "twice", "long-number", "utf-16", "bom"])
def test_body_that_is_no_json_object_is_unknown(body: bytes) -> None:
    with pytest.raises(TransferUnknown):
        run(client(reply(200, body)).submit_payment(payment(1)))


def test_answer_cut_at_any_byte_is_unknown() -> None:
    whole = json.dumps(ACCEPTED).encode()
    for length in range(len(whole)):
        with pytest.raises(TransferUnknown):
            run(client(reply(200, whole[:length])).submit_payment(payment(1)))
    assert isinstance(run(client(reply(200, whole)).submit_payment(payment(1))), Accepted)


def test_too_long_answer_is_unknown() -> None:
    body = json.dumps(ACCEPTED).encode() + b" " * MAX_RESPONSE_BYTES
    with pytest.raises(TransferUnknown, match="longer"):
        run(client(reply(200, body)).submit_payment(payment(1)))


@pytest.mark.parametrize("status", [100, 201, 204, 301, 302, 307, 400, 401, 403, 404, 408, 413, 429, 500, 502, 503])
@pytest.mark.parametrize("body", [b"", b"<html></html>", PROBLEM, ACCEPTED], ids=["empty", "html", "problem", "ok"])
def test_status_without_a_refusal_is_unknown(status: int, body: object) -> None:
    with pytest.raises(TransferUnknown):
        run(client(reply(status, body)).submit_payment(payment(1)))


@pytest.mark.parametrize("status", [400, 404, 422])
def test_refusal_is_a_value(status: int) -> None:
    assert run(client(reply(status, REFUSED)).submit_payment(payment(1))) == Refused("closed", "Лицевой счёт закрыт")


@pytest.mark.parametrize("fields", [
    {"key": "T-0001-p000000002"}, {"terminal": "T-0009"}, {"kopecks": 1}, {"refusal": {"code": "closed"}},
    {"refusal": {"code": "Закрыт", "reason": "x"}}, {"refusal": "closed"}, {"refusal": {"code": "x", "reason": "a\nb"}},
    {"refusal": {"code": "x", "reason": "\u202egpj"}}, {"refusal": {"code": "x", "reason": "y" * 201}}, {"version": 2},
], ids=str)
def test_refusal_of_something_else_or_in_no_form_refuses_nothing(fields: dict[str, object]) -> None:
    with pytest.raises(TransferUnknown):
        run(client(reply(422, changed(REFUSED, **fields))).submit_payment(payment(1)))


def test_refusal_with_status_200_is_no_refusal() -> None:
    with pytest.raises(TransferUnknown):
        run(client(reply(200, REFUSED)).submit_payment(payment(1)))


def test_conflict_needs_the_hosts_own_word() -> None:
    with pytest.raises(KeyConflict):
        run(client(reply(409, REFUSED)).submit_payment(payment(1)))
    for body in (b"<html>409</html>", PROBLEM, changed(REFUSED, key="T-0001-p000000002")):
        with pytest.raises(TransferUnknown):
            run(client(reply(409, body)).submit_payment(payment(1)))


@pytest.mark.parametrize(("header", "seconds"), [
    ("7", 7.0), ("999999", 3600.0), ("-5", None), ("soon", None), ("1.5", None), ("", None),
    ("Fri, 20 Nov 2026 09:00:30 GMT", 30.0), ("Fri, 20 Nov 2026 08:00:00 GMT", 0.0),
    ("Fri, 20 Nov 99999999999999999999 08:00:00 GMT", None), ("9" * 5000, 3600.0),
])
@pytest.mark.parametrize("status", [429, 503])
def test_host_says_when_to_come_back(status: int, header: str, seconds: float | None) -> None:
    with pytest.raises(TransferUnknown) as caught:
        run(client(reply(status, b"", {"retry-after": header})).submit_payment(payment(1)))
    assert caught.value.retry_after_s == seconds


def test_line_errors_keep_their_certainty() -> None:
    with pytest.raises(NotSent):
        run(client(NoConnection("refused")).submit_payment(payment(1)))
    with pytest.raises(TransferUnknown):
        run(client(NoAnswer("timeout")).submit_payment(payment(1)))


def test_errors_hold_no_personal_data() -> None:
    card = {"number": DEBTOR, "holder": {"kind": "individual", "name": "Иванов Пётр"}, "address": 5}
    body = {"version": 1, "terminal": "T-0001", "account": DEBTOR, "card": card}
    with pytest.raises(TransferError) as caught:
        run(client(reply(200, body)).find_account(AccountNumber(DEBTOR)))
    assert "Иванов" not in caught.value.detail
    assert DEBTOR not in caught.value.detail


def good_card(number: str = DEBTOR) -> dict[str, Any]:
    host = BillingHost(":memory:", lambda: TODAY, accounts=0)
    asked = json.dumps({"version": 1, "terminal": "T-0001", "account": number}).encode()
    answer = host.answer(Request("POST", "/v1/accounts/by-number", {"terminal-id": "T-0001"}, asked))
    host.store.close()
    body: dict[str, Any] = json.loads(answer.body)
    return body


def _put(body: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.split(".")
    node: Any = body
    for name in parents:
        node = node[int(name)] if name.isdigit() else node[name]
    node[last] = value


@pytest.mark.parametrize(("path", "value"), [
    ("account", "5200000023"), ("card.number", "5200000023"), ("card.state", "odd"), ("card.holder.kind", "cat"),
    ("card.holder.name", ""), ("card.holder.name", "a\x00b"), ("card.address", None), ("card.services", []),
    ("card.services", {}), ("card.period", "2026-13"), ("card.reading_window.first_day", 0),
    ("card.reading_window.last_day", 32), ("card.services.0.due_kopecks", 0.5), ("card.services.0.code", "A b"),
    ("card.meters.0.digits", 12), ("card.meters.0.registers", []), ("card.meters.0.registers.0.zone", "T9"),
    ("card.meters.0.registers.1.zone", "T1"), ("card.meters.0.registers.0.last_kwh", -1),
    ("card.meters.0.registers.0.last_kwh", 1_000_000), ("card.meters.0.registers.0.last_on", "2026-02-30"),
    ("card.meters.0.verified_until", "soon"), ("card.meters.0.remote", "no"), ("card.last_payment.kopecks", None),
    ("card.meters", [{}] * 11), ("card.company", "neva"), ("card", None),
])
def test_card_with_anything_wrong_in_it_is_unknown(path: str, value: object) -> None:
    body = good_card()
    _put(body, path, value)
    with pytest.raises(TransferUnknown):
        run(client(reply(200, body)).find_account(AccountNumber(DEBTOR)))


def test_every_well_known_account_that_is_open_makes_a_card() -> None:
    for account in demo_accounts(TODAY):
        if account.state == "open":
            card = run(client(reply(200, good_card(account.number))).find_account(AccountNumber(account.number)))
            assert card.due == Money(account.due_kopecks)


def test_lookup_refused_with_an_unknown_code_is_unknown() -> None:
    body = {"version": 1, "terminal": "T-0001", "account": DEBTOR, "refusal": REFUSAL}
    assert run(client(reply(422, body)).find_account(AccountNumber(DEBTOR))) is LookupRefusal.CLOSED
    other = changed(body, refusal={"code": "asleep", "reason": "x"})
    with pytest.raises(TransferUnknown):
        run(client(reply(422, other)).find_account(AccountNumber(DEBTOR)))


def test_not_known_is_only_what_the_host_says_itself() -> None:
    key = payment(1).key
    said = {"version": 1, "terminal": "T-0001", "key": key, "result": {"state": "not-known"}}
    assert run(client(reply(200, said)).status(key)) == NotKnown()
    other = changed(said, key="T-0001-p000000002")
    for status, body in ((404, b"not found"), (404, said), (404, PROBLEM), (200, other)):
        with pytest.raises(TransferUnknown):
            run(client(reply(status, body)).status(key))


def test_batch_with_results_missing_changed_or_swapped_is_unknown_for_all() -> None:
    first, second = (
        dict[str, object](key=payment(n).key, kopecks=100_00, state="conflict") for n in (1, 2))
    batch = [payment(1), payment(2)]
    wrong: tuple[list[dict[str, object]], ...] = (
        [], [first], [second, first], [first, second, second], [first, changed(second, kopecks=1)],
        [first, changed(second, state="odd")], [first, changed(second, state="accepted")])
    for results in wrong:
        body = {"version": 1, "terminal": "T-0001", "results": results}
        with pytest.raises(TransferUnknown):
            run(client(reply(200, body)).submit_batch(batch))


def test_day_of_another_date_or_terminal_is_unknown() -> None:
    ours = DayTotals("2026-11-20", 0, 0, 0, Money(0), "0" * 64)
    totals = {"day": ours.day, "first": 0, "last": 0, "count": 0, "kopecks": 0, "head": ours.head}
    good = {"version": 1, "terminal": "T-0001", "totals": totals}
    assert run(client(reply(200, good)).close_day(TERMINAL, ours)) == ours
    for bad in (changed(good, terminal="T-2"), changed(good, totals={**totals, "day": "2026-11-19"}),
                changed(good, totals={**totals, "head": "0" * 63})):
        with pytest.raises(TransferUnknown):
            run(client(reply(200, bad)).close_day(TERMINAL, ours))


def test_repeat_is_the_same_request_to_the_byte() -> None:
    http = ScriptedHttp(NoAnswer("lost"))
    processing = JsonProcessing(http, FixedClock(), TERMINAL, DEADLINES)
    for _ in range(2):
        with pytest.raises(TransferUnknown):
            run(processing.submit_payment(payment(1)))
        with pytest.raises(TransferUnknown):
            run(processing.submit_readings(readings(1, ("30567812", "T1", 5))))
    first, second, third, fourth = http.requests
    assert (first, second) == (third, fourth)
    assert first == HttpRequest("POST", "/payments", {
        "Content-Type": "application/json", "Accept": "application/json", "Terminal-Id": "T-0001",
        "Idempotency-Key": "T-0001-p000000001"}, (
            '{"version":1,"terminal":"T-0001","key":"T-0001-p000000001","number":1,"account":"5200000015",'
            f'"kopecks":10000,"paid_at":"{NOON.replace(second=1).isoformat()}","tender":"cash"}}').encode())
