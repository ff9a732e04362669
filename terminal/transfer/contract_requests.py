"""Requests of our own contract, version 1, as they go out (docs/protocols/openapi.yaml).

Account numbers and addresses travel in bodies, never in paths: paths end up in the logs of proxies. A body is the
same bytes whenever the same thing is sent again, because the host compares it with what it holds under the key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from contracts.checkpoint import SignedCheckpoint
from contracts.identifiers import AccountNumber, IdempotencyKey, TerminalId
from contracts.money import Money
from terminal.accounts.search import AddressKey
from terminal.ports.http import HttpRequest
from terminal.ports.processing import PaymentSubmission, ReadingsSubmission
from terminal.ports.records import DayTotals

VERSION = 1
CONTENT_TYPE = "application/json"
KEY_HEADER = "Idempotency-Key"
TERMINAL_HEADER = "Terminal-Id"


def find_by_number(terminal: TerminalId, account: AccountNumber) -> HttpRequest:
    return _post("/accounts/by-number", terminal, {"account": account})


def find_by_address(terminal: TerminalId, address: AddressKey) -> HttpRequest:
    return _post("/accounts/by-address", terminal, {"address": address_body(address)})


def check_payment(terminal: TerminalId, account: AccountNumber, amount: Money) -> HttpRequest:
    return _post("/payments/check", terminal, {"account": account, "kopecks": amount.kopecks})


def submit_payment(payment: PaymentSubmission) -> HttpRequest:
    return _post("/payments", payment.terminal, payment_body(payment), payment.key)


def submit_batch(terminal: TerminalId, payments: Sequence[PaymentSubmission]) -> HttpRequest:
    return _post("/payments/batch", terminal, {"payments": [payment_body(each) for each in payments]})


def submit_readings(readings: ReadingsSubmission) -> HttpRequest:
    body = {
        "key": readings.key,
        "account": readings.account,
        "taken_at": readings.taken_at.isoformat(),
        "readings": [{"meter": each.meter, "zone": each.zone, "kwh": each.kwh} for each in readings.readings],
    }
    return _post("/readings", readings.terminal, body, readings.key)


def health(terminal: TerminalId) -> HttpRequest:
    return HttpRequest("GET", "/health", {"Accept": CONTENT_TYPE, TERMINAL_HEADER: terminal})


def status(terminal: TerminalId, key: IdempotencyKey) -> HttpRequest:
    headers = {"Accept": CONTENT_TYPE, TERMINAL_HEADER: terminal}
    return HttpRequest("GET", f"/operations/{quote(key, safe='')}", headers)


def close_day(terminal: TerminalId, totals: DayTotals) -> HttpRequest:
    body = {
        "day": totals.day, "first": totals.first, "last": totals.last, "count": totals.count,
        "kopecks": totals.sum.kopecks, "head": totals.head,
    }
    return _post("/days/close", terminal, {"totals": body})


def witness(signed: SignedCheckpoint) -> HttpRequest:
    return _post("/checkpoints", signed.checkpoint.terminal, signed.fields())


def address_body(address: AddressKey) -> dict[str, object]:
    return {"locality": address.locality, "street": address.street, "house": address.house, "flat": address.flat}


def payment_body(payment: PaymentSubmission) -> dict[str, object]:
    """The part of a payment that its key stands for."""
    return {
        "key": payment.key,
        "number": payment.number,
        "account": payment.account,
        "kopecks": payment.amount.kopecks,
        "paid_at": payment.paid_at.isoformat(),
        "tender": payment.tender,
    }


def _post(
    path: str, terminal: TerminalId, fields: Mapping[str, Any], key: IdempotencyKey | None = None
) -> HttpRequest:
    headers = {"Content-Type": CONTENT_TYPE, "Accept": CONTENT_TYPE, TERMINAL_HEADER: terminal}
    if key is not None:
        headers[KEY_HEADER] = key
    body = {"version": VERSION, "terminal": terminal, **fields}
    return HttpRequest("POST", path, headers, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
