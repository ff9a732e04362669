"""The OSMP provider protocol, the payee's side: `check`, `getInfo` and `pay` over GET, answers in XML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from simulator.billing_host.ledger import Ledger, Refusal
from simulator.billing_host.messages import XML, Reply, Request
from simulator.billing_host.operations import PAYMENT, Conflict, Order, digest_of
from simulator.billing_host.records import AccountRecord

PATH = "/osmp"
PAYMENTS_PER_TERMINAL = 10**9
OK, OTHER = 0, 300
CODES = {
    "temporary": 1, "wrong-number": 4, "not-found": 5, "blocked": 7, "technical": 8, "closed": 79, "not-finished": 90,
    "sum-too-small": 241, "sum-too-large": 242, "state-unchecked": 243,
}
_SUM = re.compile(r"(\d{1,11})(?:\.(\d{2}))?", re.ASCII)


class OsmpService:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def answer(self, request: Request) -> Reply:
        try:
            asked = request.parameters()
        except ValueError:
            return _reply({}, OTHER, "too many parameters")
        match asked.get("command"):
            case "check":
                return self._check(asked)
            case "getInfo":
                return self._show(asked)
            case "pay":
                return self._pay(asked)
            case _:
                return _reply(asked, OTHER, "unknown command")

    def _check(self, asked: Mapping[str, str]) -> Reply:
        kopecks = _kopecks(asked.get("sum", ""))
        if kopecks is None or not _is_transaction(asked.get("txn_id", "")):
            return _reply(asked, OTHER, "sum or txn_id is malformed")
        if kopecks == 0:
            return self._show(asked)
        refusal = self._ledger.check(asked.get("account", ""), kopecks)
        return _refused(asked, refusal) if refusal is not None else self._show(asked)

    def _show(self, asked: Mapping[str, str]) -> Reply:
        found = self._ledger.find(asked.get("account", ""))
        return _refused(asked, found) if isinstance(found, Refusal) else _reply(asked, OK, "", shown=found)

    def _pay(self, asked: Mapping[str, str]) -> Reply:
        order = _order(asked)
        if order is None:
            return _reply(asked, OTHER, "a parameter is missing or malformed")
        answer = self._ledger.pay([order])[0]
        if isinstance(answer, Conflict):
            return _reply(asked, OTHER, "txn_id stands for another payment")
        if answer["state"] == "refused":
            return _refused(asked, Refusal(answer["refusal"]["code"]))
        paid = {"prv_txn": answer["operation"], "sum": f"{order.kopecks // 100}.{order.kopecks % 100:02d}"}
        return _reply(asked, OK, "", paid=paid)


def _order(asked: Mapping[str, str]) -> Order | None:
    transaction, kopecks = asked.get("txn_id", ""), _kopecks(asked.get("sum", ""))
    if not _is_transaction(transaction) or kopecks is None:
        return None
    try:
        at = datetime.strptime(asked.get("txn_date", ""), "%Y%m%d%H%M%S").isoformat()  # noqa: DTZ007 - has no zone
    except ValueError:
        return None
    number = int(transaction) % PAYMENTS_PER_TERMINAL
    terminal = asked.get("trm_id") or f"osmp-{int(transaction) // PAYMENTS_PER_TERMINAL}"
    body = {name: asked.get(name, "") for name in ("txn_id", "txn_date", "account", "sum")}
    return Order(
        key=f"osmp-{transaction}", kind=PAYMENT, terminal=terminal, account=asked.get("account", ""),
        digest=digest_of(body), day=at[:10], at=at, number=number, kopecks=kopecks)


def _is_transaction(text: str) -> bool:
    return re.fullmatch(r"\d{1,20}", text, re.ASCII) is not None


def _kopecks(text: str) -> int | None:
    match = _SUM.fullmatch(text)
    return None if match is None else int(match[1]) * 100 + int(match[2] or "0")


def _refused(asked: Mapping[str, str], refusal: Refusal) -> Reply:
    """A code may also be given as the number itself."""
    code = int(refusal.code) if refusal.code.isdigit() else CODES.get(refusal.code, OTHER)
    return _reply(asked, code, refusal.reason)


def _reply(
    asked: Mapping[str, str], result: int, comment: str, *,
    paid: Mapping[str, str] | None = None, shown: AccountRecord | None = None,
) -> Reply:
    parts = [_element("osmp_txn_id", asked["txn_id"])] if "txn_id" in asked else []
    parts += [_element(name, value) for name, value in (paid or {}).items()]
    parts += [_element("result", str(result)), _element("comment", comment)]
    if shown is not None:
        parts.append(_fields(shown))
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<response>{"".join(parts)}</response>\n'
    return Reply(200, text.encode("utf-8", "replace"), XML)


def _fields(account: AccountRecord) -> str:
    sign = "-" if account.due_kopecks > 0 else ""
    rubles, kopecks = divmod(abs(account.due_kopecks), 100)
    shown = {
        "balance": f"{sign}{rubles}.{kopecks:02d}", "recipient_name": account.holder, "address": account.address}
    fields = "".join(
        f"<field{place} name={quoteattr(name)}>{escape(value)}</field{place}>"
        for place, (name, value) in enumerate(shown.items(), start=1))
    return f"<fields>{fields}</fields>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
