"""Whatever a host sends, the clients answer with their own exceptions and values, and never take it for a yes."""

from __future__ import annotations

import asyncio
import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.identifiers import AccountNumber
from simulator.billing_host.demo_accounts import DEBTOR
from terminal.accounts.account import AccountCard, LookupRefusal
from terminal.ports.http import HttpResponse
from terminal.ports.processing import Accepted, KeyConflict, Processing, Refused, TransferError, TransferUnknown
from terminal.transfer.osmp_client import OsmpProcessing
from terminal.transfer.processing_client import JsonProcessing
from tests.support.billing_bench import PROFILE, TERMINAL, FixedClock, payment
from tests.support.scripted_http import ScriptedHttp

ACCEPTED = {
    "version": 1, "terminal": "T-0001", "key": "T-0001-p000000001", "account": DEBTOR, "kopecks": 100_00,
    "operation": "7000000001", "balance_kopecks": 5}
NAMES = st.sampled_from((*ACCEPTED, "refusal", "problem", "code", "reason", "card", "result", "state", "results"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(
        [1, "T-0001", DEBTOR, "T-0001-p000000001", 100_00, "closed", "accepted"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=8),
    max_leaves=15)
TAGS = st.sampled_from(("response", "result", "osmp_txn_id", "txn_id", "prv_txn", "sum", "fields", "field1", "balance"))
XML = st.recursive(
    st.sampled_from(["0", "1000000001", "100.00", "5", "&amp;", "&lt", "]]>", "<!-- -->", "<![CDATA[0]]>", " ", "я"]),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=6)).map(lambda it: f"<{it[0]}>{''.join(it[1])}</{it[0]}>"),
    max_leaves=12)
STATUSES = st.sampled_from([200, 200, 200, 400, 404, 409, 422, 429, 500, 302, 0, 99, 999])
HEADERS = st.dictionaries(st.sampled_from(["retry-after", "content-type"]), st.text(max_size=30), max_size=2)
BODIES = (
    st.binary(max_size=300) | VALUES.map(lambda value: json.dumps(value).encode())
    | XML.map(str.encode)
    | st.dictionaries(NAMES, VALUES, max_size=4).map(lambda fields: json.dumps({**ACCEPTED, **fields}).encode()))


async def _play(response: HttpResponse) -> None:
    http = ScriptedHttp(response)
    clients: tuple[Processing, ...] = (
        JsonProcessing(http, FixedClock(), TERMINAL), OsmpProcessing(http, FixedClock(), TERMINAL, PROFILE))
    for processing in clients:
        try:
            answer = await processing.submit_payment(payment(1))
        except (TransferUnknown, KeyConflict):
            continue
        assert isinstance(answer, Accepted | Refused)
        assert not isinstance(answer, Accepted) or response.status == 200
    for processing in clients:
        try:
            found = await processing.find_account(AccountNumber(DEBTOR))
        except TransferError:
            continue
        assert isinstance(found, AccountCard | LookupRefusal)


@settings(max_examples=400, deadline=None)
@given(status=STATUSES, headers=HEADERS, body=BODIES)
@example(status=200, headers={}, body=b'{"version": 1, "terminal": "\\ud800"}')
@example(status=429, headers={"retry-after": "Fri, 31 Dec 9999 23:59:59 -2359"}, body=b"")
def test_no_answer_breaks_a_client(status: int, headers: dict[str, str], body: bytes) -> None:
    asyncio.run(_play(HttpResponse(status, headers, body)))
