"""Bodies of the JSON contract read strictly: what does not fit it raises `Problem`."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from contracts.checkpoint import SignedCheckpoint, signed_from
from simulator.billing_host.ledger import Reading
from simulator.billing_host.messages import Request
from simulator.billing_host.operations import PAYMENT, READINGS, Order, digest_of

VERSION = 1
MAX_BATCH = 200
MAX_READINGS = 40
MAX_NUMBER = 999_999_999
LIMIT_KOPECKS = 10**13


class Problem(Exception):
    """The request is not one by the contract. Nothing was done."""

    def __init__(self, status: int, code: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.code = code
        self.reason = reason


def body_of(request: Request) -> dict[str, Any]:
    """The body, its version and terminal checked."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "malformed", "the body is not JSON") from error
    if not isinstance(body, dict):
        raise Problem(400, "malformed", "the body is not an object")
    if body.get("version") != VERSION:
        raise Problem(400, "unsupported-version", f"this host speaks version {VERSION}")
    if text(body, "terminal", r"[A-Za-z0-9-]{1,20}") != request.headers.get("terminal-id"):
        raise Problem(400, "malformed", "terminal: not the one of the header")
    return body


def payment_order(terminal: str, payment: object) -> Order:
    """One payment of the contract."""
    fields = _object(payment, "payment")
    at = moment(fields, "paid_at")
    return Order(
        key=text(fields, "key", r"[A-Za-z0-9-]{1,64}"),
        kind=PAYMENT,
        terminal=terminal,
        account=text(fields, "account", r"\d{1,20}"),
        digest=digest_of({"terminal": terminal, **_known(fields, _PAYMENT_FIELDS)}),
        day=at[:10],
        at=at,
        number=whole(fields, "number", 1, MAX_NUMBER),
        kopecks=whole(fields, "kopecks", 1, LIMIT_KOPECKS - 1),
    )


def readings_order(terminal: str, fields: dict[str, Any]) -> tuple[Order, list[Reading]]:
    """Readings of one account."""
    given = fields.get("readings")
    if not isinstance(given, list) or not 0 < len(given) <= MAX_READINGS:
        raise Problem(400, "malformed", f"readings: not 1 to {MAX_READINGS}")
    readings = [
        Reading(text(each, "meter", r".{1,40}"), text(each, "zone", r"T[1-4]"), whole(each, "kwh", 0, MAX_NUMBER))
        for each in (_object(one, "readings") for one in given)
    ]
    at = moment(fields, "taken_at")
    return Order(
        key=text(fields, "key", r"[A-Za-z0-9-]{1,64}"), kind=READINGS, terminal=terminal,
        account=text(fields, "account", r"\d{1,20}"),
        digest=digest_of({"terminal": terminal, **_known(fields, _READINGS_FIELDS)}), day=at[:10], at=at), readings


def batch_orders(terminal: str, fields: dict[str, Any]) -> list[Order]:
    """Up to `MAX_BATCH` payments."""
    payments = fields.get("payments")
    if not isinstance(payments, list) or not payments:
        raise Problem(400, "malformed", "payments: not a list of payments")
    if len(payments) > MAX_BATCH:
        raise Problem(413, "too-many", f"payments: more than {MAX_BATCH}")
    orders = [payment_order(terminal, payment) for payment in payments]
    if len({order.key for order in orders}) != len(orders):
        raise Problem(400, "malformed", "payments: a key stands twice")
    return orders


def totals_of(fields: dict[str, Any]) -> dict[str, Any]:
    """The totals that a terminal tells of its day."""
    totals = _object(fields.get("totals"), "totals")
    return {
        "day": text(totals, "day", r"\d{4}-\d\d-\d\d"),
        "first": whole(totals, "first", 0, MAX_NUMBER),
        "last": whole(totals, "last", 0, MAX_NUMBER),
        "count": whole(totals, "count", 0, MAX_NUMBER),
        "kopecks": whole(totals, "kopecks", 0, LIMIT_KOPECKS - 1),
        "head": text(totals, "head", r"[0-9a-f]{64}"),
    }


def checkpoint_of(fields: dict[str, Any]) -> SignedCheckpoint:
    """A checkpoint of the terminal that sends it."""
    try:
        signed = signed_from({name: fields.get(name) for name in ("checkpoint", "public_key", "signature")})
    except ValueError as error:
        raise Problem(400, "malformed", f"checkpoint: {error}") from error
    if signed.checkpoint.terminal != fields["terminal"]:
        raise Problem(400, "malformed", "checkpoint: not of the terminal that sends it")
    return signed


def text(fields: dict[str, Any], name: str, form: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or re.fullmatch(form, value) is None:
        raise Problem(400, "malformed", f"{name}: missing or not of its form")
    return value


def whole(fields: dict[str, Any], name: str, least: int, most: int) -> int:
    value = fields.get(name)
    if type(value) is not int or not least <= value <= most:
        raise Problem(400, "malformed", f"{name}: missing or out of range")
    return value


def moment(fields: dict[str, Any], name: str) -> str:
    """An ISO time with a zone."""
    value = text(fields, name, r"\d{4}-\d\d-\d\dT[0-9:.]{8,15}(Z|[+-]\d\d:\d\d)")
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise Problem(400, "malformed", f"{name}: not a time") from error
    return value


_PAYMENT_FIELDS = ("key", "number", "account", "kopecks", "paid_at", "tender")
_READINGS_FIELDS = ("key", "account", "taken_at", "readings")


def _known(fields: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: fields.get(name) for name in names}


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Problem(400, "malformed", f"{name}: not an object")
    return value
