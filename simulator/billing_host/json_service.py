"""The JSON contract, version 1, served: routes, and answers that repeat what they answer to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import unquote

from simulator.billing_host import json_requests
from simulator.billing_host.cards import card_body
from simulator.billing_host.json_requests import VERSION, Problem
from simulator.billing_host.ledger import Ledger, Refusal
from simulator.billing_host.messages import Reply, Request, json_reply
from simulator.billing_host.operations import Answer, Conflict, Order
from simulator.billing_host.store import address_key
from simulator.billing_host.witness import Kept, NotWitnessed, Seen, Witness

PREFIX = "/v1/"
OPERATIONS = "/v1/operations/"
REFUSED, NOT_FOUND, CONFLICT = 422, 404, 409


class JsonService:
    """`token` is what terminals must present; without one everybody is served."""

    def __init__(self, ledger: Ledger, witness: Witness, today: Callable[[], date], token: str = "") -> None:
        self._ledger = ledger
        self._witness = witness
        self._today = today
        self._token = token
        self._routes: dict[str, Callable[[Request], Reply]] = {
            "/v1/accounts/by-number": self._by_number,
            "/v1/accounts/by-address": self._by_address,
            "/v1/payments/check": self._check,
            "/v1/payments": self._pay,
            "/v1/payments/batch": self._pay_batch,
            "/v1/readings": self._take_readings,
            "/v1/days/close": self._close_day,
            "/v1/checkpoints": self._keep_checkpoint,
        }

    def answer(self, request: Request) -> Reply:
        try:
            return self._route(request)
        except Problem as problem:
            return json_reply(problem.status, {
                "version": VERSION, "problem": {"code": problem.code, "reason": problem.reason}})

    def _route(self, request: Request) -> Reply:
        if request.path == "/v1/health" and request.method == "GET":
            return json_reply(200, {"version": VERSION, "status": "ok"})
        if self._token and request.headers.get("authorization") != f"Bearer {self._token}":
            raise Problem(401, "unauthorized", "the terminal's token is missing or wrong")
        if request.path.startswith(OPERATIONS) and request.method == "GET":
            return self._status(request)
        handler = self._routes.get(request.path)
        if handler is None:
            raise Problem(404, "no-such-path", "there is nothing at this path")
        if request.method != "POST":
            raise Problem(405, "wrong-method", "POST is expected")
        return handler(request)

    def _by_number(self, request: Request) -> Reply:
        body = json_requests.body_of(request)
        number = json_requests.text(body, "account", r"\d{1,20}")
        return self._card(body, {"account": number}, number=number)

    def _by_address(self, request: Request) -> Reply:
        body = json_requests.body_of(request)
        address = body.get("address")
        if not isinstance(address, dict):
            raise Problem(400, "malformed", "address: not an object")
        parts = [json_requests.text(address, name, r".{0,100}") for name in ("locality", "street", "house", "flat")]
        return self._card(body, {"address": address}, address=address_key(*parts))

    def _card(self, body: dict[str, Any], asked: dict[str, Any], *, number: str = "", address: str = "") -> Reply:
        found = self._ledger.find(number) if number else self._ledger.find_at(address)
        if isinstance(found, Refusal):
            status = NOT_FOUND if found.code == "not-found" else REFUSED
            return _reply(status, body, {**asked, "refusal": found.body()})
        return _reply(200, body, {**asked, "card": card_body(found, self._today())})

    def _check(self, request: Request) -> Reply:
        body = json_requests.body_of(request)
        account = json_requests.text(body, "account", r"\d{1,20}")
        kopecks = json_requests.whole(body, "kopecks", 1, json_requests.LIMIT_KOPECKS - 1)
        asked = {"account": account, "kopecks": kopecks}
        refusal = self._ledger.check(account, kopecks)
        if refusal is not None:
            return _reply(REFUSED, body, {**asked, "refusal": refusal.body()})
        return _reply(200, body, {**asked, "allowed": True})

    def _pay(self, request: Request) -> Reply:
        body = json_requests.body_of(request)
        order = json_requests.payment_order(body["terminal"], body)
        _check_key(request, order)
        asked = {"key": order.key, "account": order.account, "kopecks": order.kopecks}
        return _written(body, asked, self._ledger.pay([order])[0])

    def _pay_batch(self, request: Request) -> Reply:
        body = json_requests.body_of(request)
        orders = json_requests.batch_orders(body["terminal"], body)
        answers = self._ledger.pay(orders)
        results = [_result(order, answer) for order, answer in zip(orders, answers, strict=True)]
        return _reply(200, body, {"results": results})

    def _take_readings(self, request: Request) -> Reply:
        body = json_requests.body_of(request)
        order, readings = json_requests.readings_order(body["terminal"], body)
        _check_key(request, order)
        return _written(body, {"key": order.key}, self._ledger.take_readings(order, readings))

    def _status(self, request: Request) -> Reply:
        terminal, key = request.headers.get("terminal-id", ""), unquote(request.path.removeprefix(OPERATIONS))
        return json_reply(200, {
            "version": VERSION, "terminal": terminal, "key": key, "result": self._ledger.status(terminal, key)})

    def _close_day(self, request: Request) -> Reply:
        body = json_requests.body_of(request)
        ours = self._ledger.close_day(body["terminal"], json_requests.totals_of(body))
        return _reply(200, body, {"totals": ours})

    def _keep_checkpoint(self, request: Request) -> Reply:
        body = json_requests.body_of(request)
        signed = json_requests.checkpoint_of(body)
        position = signed.checkpoint.position
        asked = {"sequence": position.sequence, "head": position.head}
        match self._witness.witness(signed):
            case Kept(by=by, first=first):
                witness = {"public_key": by.public_key, "signature": by.signature}
                return _reply(200, body, {**asked, "first": first, "witness": witness})
            case Seen(code=code, kept=kept):
                return _reply(CONFLICT, body, {**asked, "refusal": Refusal(code).body(), "seen": kept.fields()})
            case NotWitnessed(code=code):
                return _reply(REFUSED, body, {**asked, "refusal": Refusal(code).body()})


def _check_key(request: Request, order: Order) -> None:
    if request.headers.get("idempotency-key") != order.key:
        raise Problem(400, "malformed", "key: not the one of the header Idempotency-Key")


def _written(body: dict[str, Any], asked: dict[str, Any], answer: Answer | Conflict) -> Reply:
    if isinstance(answer, Conflict):
        return _reply(CONFLICT, body, {**asked, "refusal": Refusal("key-conflict").body()})
    details = {name: value for name, value in answer.items() if name != "state"}
    return _reply(200 if answer["state"] == "accepted" else REFUSED, body, {**asked, **details})


def _result(order: Order, answer: Answer | Conflict) -> dict[str, Any]:
    outcome = {"state": "conflict"} if isinstance(answer, Conflict) else answer
    return {"key": order.key, "kopecks": order.kopecks, **outcome}


def _reply(status: int, body: dict[str, Any], fields: dict[str, Any]) -> Reply:
    return json_reply(status, {"version": VERSION, "terminal": body["terminal"], **fields})
