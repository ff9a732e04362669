"""The host as witness: what it keeps and counter-signs, and what the client makes of its answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contracts.checkpoint import SignedCheckpoint
from simulator.billing_host.host import BillingHost
from terminal.ports.http import HttpResponse
from terminal.ports.processing import Contradicted, NotOffered, Refused, TransferUnknown, Witnessed
from terminal.transfer.processing_client import JsonProcessing
from tests.support.billing_bench import DEADLINES, TERMINAL, TODAY, BillingBench, FixedClock, billing_bench
from tests.support.checkpoints import position, sign, signed, signer
from tests.support.scripted_http import ScriptedHttp

GOOD = {"public_key": "a" * 64, "signature": "b" * 128}


def play(scene: Callable[[BillingBench], Awaitable[None]], database: str = ":memory:") -> None:
    async def main() -> None:
        async with billing_bench(database) as bench:
            await scene(bench)

    asyncio.run(main())


def holds(made: SignedCheckpoint, answer: object) -> bool:
    assert isinstance(answer, Witnessed)
    key, signature = bytes.fromhex(answer.by.public_key), bytes.fromhex(answer.by.signature)
    return signer().verifies(key, made.witness_message(), signature)


def test_a_journal_that_goes_on_is_counter_signed() -> None:
    async def scene(bench: BillingBench) -> None:
        first, second = signed(5), signed(9, base=position(5))
        answer = await bench.json.witness(first)
        assert isinstance(answer, Witnessed)
        assert holds(first, answer)
        assert await bench.json.witness(first) == replace(answer, first=False), "sent again: the same signature"
        later = await bench.json.witness(second)
        assert holds(second, later)
        assert [answer.first, isinstance(later, Witnessed) and later.first] == [True, False]
        assert not holds(first, later)
        assert bench.host.witness.kept(TERMINAL)["sequence"] == 9

    play(scene)


@pytest.mark.parametrize("sent", [
    signed(8, base=position(5)),
    signed(9, "other", base=position(5)),
    signed(12, base=position(5)),
    signed(12, base=position(9, "other")),
    signed(12),
])
def test_what_does_not_go_on_is_answered_with_what_is_kept(sent: SignedCheckpoint) -> None:
    async def scene(bench: BillingBench) -> None:
        kept = signed(9)
        await bench.json.witness(kept)
        assert await bench.json.witness(sent) == Contradicted(kept)
        assert bench.host.witness.kept(TERMINAL)["sequence"] == 9, "nothing is changed by it"
        onward = signed(12, base=position(9))
        assert holds(onward, await bench.json.witness(onward))

    play(scene)


def test_the_key_of_the_first_checkpoint_is_the_only_one_until_somebody_enrols_anew() -> None:
    async def scene(bench: BillingBench) -> None:
        await bench.json.witness(signed(5))
        refused = await bench.json.witness(signed(6, base=position(5), by=b"another"))
        assert isinstance(refused, Refused)
        assert refused.code == "unknown-key"
        assert bench.host.witness.forget(TERMINAL)
        assert not bench.host.witness.forget(TERMINAL)
        fresh = signed(2, "new disk", by=b"another")
        assert holds(fresh, await bench.json.witness(fresh))

    play(scene)


def test_a_signature_that_does_not_hold_is_refused() -> None:
    async def scene(bench: BillingBench) -> None:
        stolen = SignedCheckpoint(signed(6).checkpoint, signed(5).public_key, signed(5).signature)
        under_another = SignedCheckpoint(signed(6).checkpoint, signed(6, by=b"x").public_key, signed(6).signature)
        misnamed = sign(signed(6).checkpoint, b"another")
        for each in (stolen, under_another, misnamed):
            refused = await bench.json.witness(each)
            assert isinstance(refused, Refused)
            assert refused.code == "wrong-signature"

    play(scene)


def test_terminals_are_kept_apart() -> None:
    async def scene(bench: BillingBench) -> None:
        await bench.json.witness(signed(50))
        other = signed(3, terminal="T-0002", by=b"other")
        http = ScriptedHttp(HttpResponse(404, {}, b""))
        client = JsonProcessing(http, FixedClock(), TERMINAL, DEADLINES)
        with pytest.raises(TransferUnknown):
            await client.witness(other)
        assert http.requests[0].headers["Terminal-Id"] == "T-0002"
        assert holds(other, await bench.json.witness(other))

    play(scene)


def test_the_host_keeps_its_memory_and_its_key_over_a_restart(tmp_path: Path) -> None:
    keys: list[str] = []

    async def scene(bench: BillingBench) -> None:
        answer = await bench.json.witness(signed(5))
        assert isinstance(answer, Witnessed)
        keys.append(answer.by.public_key)
        assert await bench.json.witness(signed(4)) == Contradicted(signed(5))

    play(scene, str(tmp_path / "host.db"))
    play(scene, str(tmp_path / "host.db"))
    assert keys[0] == keys[1]
    other_seed = BillingHost(":memory:", lambda: TODAY, seed=1, accounts=0)
    assert other_seed.witness.witness(signed(5)) != BillingHost(
        ":memory:", lambda: TODAY, accounts=0).witness.witness(signed(5))


def test_a_host_that_misbehaves_on_request() -> None:
    async def scene(bench: BillingBench) -> None:
        bench.host.behaviours.put("sign-wrong")
        assert not holds(signed(5), await bench.json.witness(signed(5)))
        bench.host.behaviours.put("refuse-checkpoints", "closed-today")
        refused = await bench.json.witness(signed(5))
        assert isinstance(refused, Refused)
        assert refused.code == "closed-today"
        bench.host.behaviours.calm()
        assert holds(signed(5), await bench.json.witness(signed(5)))

    play(scene)


def test_osmp_has_no_checkpoints() -> None:
    async def scene(bench: BillingBench) -> None:
        with pytest.raises(NotOffered):
            await bench.osmp.witness(signed(5))

    play(scene)


def echo(made: SignedCheckpoint, **fields: object) -> dict[str, Any]:
    at = made.checkpoint.position
    return {"version": 1, "terminal": "T-0001", "sequence": at.sequence, "head": at.head, **fields}


REFUSAL = {"code": "behind", "reason": "Отстал"}
MADE = signed(5)


@pytest.mark.parametrize(("status", "body"), [
    (200, echo(MADE, first=True)),
    (200, echo(MADE, witness=GOOD)),
    (200, echo(MADE, witness=GOOD, first=1)),
    (200, echo(MADE, first=True, witness=None)),
    (200, echo(MADE, first=True, witness={**GOOD, "signature": "b" * 127})),
    (200, echo(MADE, first=True, witness={**GOOD, "public_key": 5})),
    (200, echo(MADE, first=True, witness={**GOOD, "public_key": "A" * 64})),
    (200, echo(MADE, first=True, witness=GOOD, sequence=6)),
    (200, echo(MADE, first=True, witness=GOOD, head="c" * 64)),
    (200, echo(MADE, first=True, witness=GOOD, terminal="T-0002")),
    (200, echo(MADE, first=True, witness=GOOD, version=2)),
    (409, echo(MADE, first=True, witness=GOOD)),
    (200, echo(MADE, refusal=REFUSAL, seen=signed(9).fields())),
    (409, echo(MADE, refusal=REFUSAL, seen=[])),
    (409, echo(MADE, refusal=REFUSAL, seen={**signed(9).fields(), "more": 1})),
    (409, echo(MADE, refusal=REFUSAL, seen={**signed(9).fields(), "checkpoint": {}})),
    (409, echo(MADE, refusal={"code": "Б", "reason": "x"})),
    (500, echo(MADE, first=True, witness=GOOD)),
    (401, {"version": 1, "problem": {"code": "unauthorized", "reason": "token"}}),
    (404, {"problem": {"code": "no-such-path", "reason": "x"}}),
    (404, []),
])
def test_answers_that_are_none(status: int, body: object) -> None:
    http = ScriptedHttp(HttpResponse(status, {}, json.dumps(body, ensure_ascii=False).encode()))
    with pytest.raises(TransferUnknown):
        asyncio.run(JsonProcessing(http, FixedClock(), TERMINAL, DEADLINES).witness(MADE))


def test_a_host_of_this_contract_without_checkpoints_says_so() -> None:
    problem = {"version": 1, "problem": {"code": "no-such-path", "reason": "there is nothing at this path"}}
    http = ScriptedHttp(HttpResponse(404, {}, json.dumps(problem).encode()))
    with pytest.raises(NotOffered):
        asyncio.run(JsonProcessing(http, FixedClock(), TERMINAL, DEADLINES).witness(MADE))
