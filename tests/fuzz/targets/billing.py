"""Answers of billing hosts: both protocols through their clients, and raw HTTP through the transport."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import cache
from typing import Any
from unittest.mock import patch

from contracts.identifiers import AccountNumber
from contracts.money import Money
from simulator.billing_host.demo_accounts import DEBTOR
from terminal.accounts.account import AccountCard, LookupRefusal
from terminal.ports.http import MAX_RESPONSE_BYTES, HttpRequest, HttpResponse, NoAnswer, NoConnection
from terminal.ports.processing import (
    Accepted,
    Contradicted,
    KeyConflict,
    NotKnown,
    NotOffered,
    Processing,
    Refused,
    TransferUnknown,
    Witnessed,
)
from terminal.ports.records import DayTotals
from terminal.transfer import watched_connections
from terminal.transfer.exchange import MAX_RETRY_AFTER_S, retry_after_s
from terminal.transfer.http_requests import RequestsTransport, _Exchange
from terminal.transfer.osmp_client import OsmpProcessing
from terminal.transfer.osmp_xml import MAX_TEXT, WrongXml, read_answer
from terminal.transfer.processing_client import JsonProcessing
from tests.fuzz.byte_choices import ByteChoices
from tests.fuzz.json_edits import EDITS, document
from tests.fuzz.target import Target
from tests.fuzz.targets.files import SIGNED
from tests.support.billing_bench import NOON, PROFILE, TERMINAL, FixedClock, payment, readings
from tests.support.scripted_http import ScriptedHttp

PAID = payment(1)
ACCEPTED: dict[str, Any] = {
    "version": 1, "terminal": TERMINAL, "key": PAID.key, "account": DEBTOR, "kopecks": PAID.amount.kopecks,
    "operation": "7000000001", "balance_kopecks": -5}
_REFUSAL = {"code": "closed", "reason": "Лицевой счёт закрыт"}
_REGISTER = {"zone": "T1", "last_kwh": 12345, "last_on": "2026-10-20", "usual_month_kwh": 150}
CARD: dict[str, Any] = {
    "number": DEBTOR, "company": {"code": "neva", "name": "Нева"}, "state": "open", "address": "Ленина, 1, кв. 2",
    "holder": {"kind": "individual", "name": "Иванов Пётр Ильич"}, "period": "2026-11",
    "services": [{"code": "energy", "name": "Электроэнергия", "due_kopecks": 150000}],
    "meters": [{"serial": "0123", "digits": 6, "registers": [_REGISTER], "verified_until": "2030-01-01"}],
    "reading_window": {"first_day": 15, "last_day": 25}, "last_payment": {"kopecks": 100, "paid_on": "2026-10-21"}}
_TOTALS = {"day": "2026-11-20", "first": 1, "last": 1, "count": 1, "kopecks": 100, "head": "0" * 64}
_AT = {"sequence": SIGNED.checkpoint.position.sequence, "head": SIGNED.checkpoint.position.head}
GOOD: tuple[dict[str, Any], ...] = (
    ACCEPTED,
    {**ACCEPTED, "card": CARD},
    {**{name: ACCEPTED[name] for name in ("version", "terminal", "key", "account", "kopecks")}, "refusal": _REFUSAL},
    {**ACCEPTED, "allowed": True},
    {**ACCEPTED, "results": [{**ACCEPTED, "state": "accepted"}]},
    {**ACCEPTED, "result": {**ACCEPTED, "state": "accepted"}},
    {**ACCEPTED, "totals": _TOTALS},
    {**ACCEPTED, **_AT, "witness": {"public_key": "5" * 64, "signature": "6" * 128}, "first": True},
    {**ACCEPTED, **_AT, "seen": SIGNED.fields(), "refusal": _REFUSAL},
    {"version": 1, "problem": {"code": "unauthorized", "reason": "token"}},
)
DAY = DayTotals("2026-11-20", 1, 1, 1, Money(100), "0" * 64)
_REDIRECTS = (301, 302, 303, 307, 308)
_STATUSES = (200, 200, 400, 404, 409, 422, 429, 503, 302, 100)
Call = Callable[[Processing], Coroutine[Any, Any, object]]
_CALLS: tuple[Call, ...] = (
    lambda host: host.submit_payment(PAID),
    lambda host: host.find_account(AccountNumber(DEBTOR)),
    lambda host: host.check_payment(AccountNumber(DEBTOR), PAID.amount),
    lambda host: host.submit_batch([PAID]),
    lambda host: host.status(PAID.key),
    lambda host: host.submit_readings(readings(1, ("0123", "T1", 12400))),
    lambda host: host.close_day(TERMINAL, DAY),
    lambda host: host.reach(),
    lambda host: host.witness(SIGNED),
)


def _finish(call: Coroutine[Any, Any, object]) -> object:
    """Run a coroutine that never has to wait."""
    try:
        call.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits for something")


def check_json(data: bytes) -> None:
    """Which call, which status; then the body, as it is or as edits on a good one."""
    choices = ByteChoices(data)
    call, status = choices.of(_CALLS), choices.of(_STATUSES)
    body = document(choices.rest(), GOOD)
    host = JsonProcessing(ScriptedHttp(HttpResponse(status, {}, body)), FixedClock(), TERMINAL)
    try:
        answer = _finish(call(host))
    except (TransferUnknown, NotOffered):
        return
    except KeyConflict:
        assert status == 409, "a conflict that the host did not tell"
        return
    if isinstance(answer, dict):
        assert answer.keys() == {PAID.key}, "a batch answered for other payments"
        answer = answer[PAID.key]
    _judge(answer, status)
    if isinstance(answer, Accepted):
        assert str(PAID.key).encode() in body or b"-r000000001" in body, "accepted without the key of what was sent"


def _judge(answer: object, status: int) -> None:
    payment = Accepted | Refused | NotKnown | KeyConflict
    known = payment | AccountCard | LookupRefusal | DayTotals | Witnessed | Contradicted
    assert answer is None or isinstance(answer, known), "not an answer"
    if isinstance(answer, Accepted | AccountCard | DayTotals | Witnessed):
        assert status == 200, "taken for a yes"
    if isinstance(answer, Accepted):
        assert answer.operation.isprintable(), "the operation number would spoil a log"
        assert 0 < len(answer.operation) <= 40
    if isinstance(answer, AccountCard):
        str(answer.due)
        shown = (answer.holder, answer.address, answer.company_name, *(each.name for each in answer.services))
        assert all(len(text) <= 400 for text in shown)


def check_osmp(data: bytes) -> None:
    """Which call, which status; then the XML."""
    choices = ByteChoices(data)
    call, status = choices.of(_CALLS[:3]), choices.of(_STATUSES)
    body = choices.rest()
    host = OsmpProcessing(ScriptedHttp(HttpResponse(status, {}, body)), FixedClock(), TERMINAL, PROFILE)
    with suppress(TransferUnknown, NotOffered):
        _judge(_finish(call(host)), status)
    try:
        answer = read_answer(body)
    except WrongXml:
        return
    assert all(len(text) <= MAX_TEXT for text in (*answer.values.values(), *answer.fields.values()))


def check_retry_after(data: bytes) -> None:
    """The header that says when to come back."""
    pause_s = retry_after_s(HttpResponse(503, {"retry-after": data.decode("latin-1")}, b""), NOON)
    assert pause_s is None or 0 <= pause_s <= MAX_RETRY_AFTER_S


@cache
def _transport() -> RequestsTransport:
    return RequestsTransport("http://127.0.0.1:9/v1")


def check_http(data: bytes) -> None:
    """Everything that a server says on one connection."""
    response = _exchanged(data)
    if response is None:
        return
    assert len(response.body) <= MAX_RESPONSE_BYTES, "the body is not bounded"
    assert len(response.body) <= len(data), "the body is longer than what was sent: something was unpacked"
    if response.status in _REDIRECTS:
        taken = _exchanged(data.replace(b"%d" % response.status, b"200", 1))
        assert taken is None or taken.body == response.body, "a redirect was looked into"


def _exchanged(data: bytes) -> HttpResponse | None:
    ours, theirs = socket.socketpair()
    theirs.settimeout(1.0)
    with ours, theirs:
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)

        def opened(connection: object) -> socket.socket:
            return ours

        with patch.object(watched_connections._WatchedHttp, "_new_conn", opened):
            exchange = _Exchange(HttpRequest("POST", "/payments", {}, b"{}"), 1.0)
            try:
                return _transport()._carry_out(exchange)
            except (NoAnswer, NoConnection):
                return None


def _xml(*parts: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><response>{"".join(parts)}</response>'.encode()


def _http(head: str, body: bytes = b"") -> bytes:
    return head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body


_OSMP_PAID = _xml("<osmp_txn_id>1000000001</osmp_txn_id><prv_txn>77</prv_txn><sum>100.00</sum><result>0</result>",
                  "<comment>ok</comment><balance>-5.00</balance>")
_OSMP_FOUND = _xml("<osmp_txn_id>1</osmp_txn_id><result>0</result><fields><field1 name='fio'>Иванов П.</field1>",
                   "<field2 name='address'>Ленина, 1</field2><field3 name='balance'>-150,5</field3></fields>")
_BODY = json.dumps(ACCEPTED).encode()
TARGETS = (
    Target(
        "billing-json", check_json, max_bytes=1500,
        seeds=tuple(bytes([call, status, EDITS, good])
                    for call in range(len(_CALLS)) for good in range(len(GOOD)) for status in (0, 5)),
        words=tuple(f'"{name}"'.encode() for name in ("version", "terminal", "refusal", "state", "not-known"))),
    Target(
        "billing-osmp", check_osmp, max_bytes=2000,
        seeds=tuple(bytes([call, 0]) + body for call in range(3) for body in (
            _OSMP_PAID, _OSMP_FOUND, _xml("<result>5</result>"), _xml("<result>1</result>"))),
        words=(b"<response>", b"</response>", b"<result>0</result>", b"<!DOCTYPE", b"<!ENTITY", b"<![CDATA[", b"&#0;",
               b'encoding="utf-7"', b'encoding="cp1251"', b'encoding="utf-16"', b'encoding="idna"', b" name=''")),
    Target("retry-after", check_retry_after, max_bytes=100,
           seeds=(b"7", b"Fri, 20 Nov 2026 09:00:30 GMT", b"Fri, 31 Dec 9999 23:59:59 -2359")),
    Target(
        "http-answer", check_http, max_bytes=2000,
        seeds=(
            _http(f"HTTP/1.1 200 OK\nContent-Length: {len(_BODY)}", _BODY),
            _http("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", b"5\r\nhello\r\n0\r\n\r\n"),
            _http("HTTP/1.1 302 Found\nLocation: http://127.0.0.1/x\nContent-Length: 2", b"{}"),
            _http("HTTP/1.1 302 Found\nLocation: /x\nContent-Encoding: gzip", bytes.fromhex("1f8b0800")),
            _http("HTTP/1.1 100 Continue") + _http("HTTP/1.1 429 Slow\nRetry-After: 7\nSet-Cookie: a=b; Path=/"),
            _http("HTTP/1.1 200 OK\nContent-Encoding: gzip", gzip.compress(bytes(2000))),
            _http("HTTP/1.1 301 Moved\nLocation: /x\nContent-Encoding: gzip", gzip.compress(bytes(2000))),
            _http("HTTP/1.0 500 No", b"<html>"),
        ),
        words=(b"\r\n", b"HTTP/1.1 ", b"Content-Length: ", b"Transfer-Encoding: chunked\r\n", b"Location: ",
               b"Content-Encoding: gzip\r\n", b"Content-Encoding: deflate\r\n", b"Set-Cookie: ", b"Connection: close")),
)
