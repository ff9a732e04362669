"""What the processing port promises, kept by both clients against the emulated host over loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from contracts.identifiers import AccountNumber
from contracts.money import Money
from simulator.billing_host import demo_accounts
from terminal.accounts.account import AccountCard, LookupRefusal
from terminal.ports.processing import Accepted, NotSent, PaymentSubmission, Processing, Refused, TransferUnknown
from tests.support.billing_bench import BillingBench, billing_bench, payment

Client = Callable[[BillingBench], Processing]
CLIENTS = {"json": lambda bench: bench.json, "osmp": lambda bench: bench.osmp}
MAX_TRIES = 60


@pytest.fixture(params=sorted(CLIENTS))
def client(request: pytest.FixtureRequest) -> Client:
    chosen: Client = CLIENTS[request.param]
    return chosen


def play(scene: Callable[[BillingBench], Awaitable[None]]) -> None:
    async def main() -> None:
        async with billing_bench() as bench:
            await scene(bench)

    asyncio.run(main())


def due(bench: BillingBench, number: str) -> int:
    account = bench.host.store.account(number)
    assert account is not None
    return account.due_kopecks


async def until_answered(client: Processing, submission: PaymentSubmission) -> tuple[Accepted | Refused, int]:
    for attempt in range(1, MAX_TRIES + 1):
        try:
            return await client.submit_payment(submission), attempt
        except TransferUnknown:
            continue
    raise AssertionError("never answered")


def test_account_card_is_masked(client: Client) -> None:
    async def scene(bench: BillingBench) -> None:
        card = await client(bench).find_account(AccountNumber(demo_accounts.DEBTOR))
        assert isinstance(card, AccountCard)
        assert card.holder == "И****в П. С."
        assert card.address == "г. Санкт-Петербург, ул. Л****а П****а, д. 12к2, кв. **"
        assert card.due == Money(2_347_56)

    play(scene)


def test_advance_is_negative(client: Client) -> None:
    async def scene(bench: BillingBench) -> None:
        card = await client(bench).find_account(AccountNumber(demo_accounts.AHEAD))
        assert isinstance(card, AccountCard)
        assert card.due == Money(-500_00)

    play(scene)


@pytest.mark.parametrize(("number", "refusal"), [
    (demo_accounts.CLOSED_ACCOUNT, LookupRefusal.CLOSED),
    (demo_accounts.BLOCKED_ACCOUNT, LookupRefusal.BLOCKED),
    ("5209999993", LookupRefusal.NOT_FOUND),
    ("5200000016", LookupRefusal.WRONG_NUMBER),
])
def test_lookup_refusals_are_values(client: Client, number: str, refusal: LookupRefusal) -> None:
    async def scene(bench: BillingBench) -> None:
        assert await client(bench).find_account(AccountNumber(number)) is refusal

    play(scene)


def test_check_changes_nothing(client: Client) -> None:
    async def scene(bench: BillingBench) -> None:
        number = AccountNumber(demo_accounts.DEBTOR)
        assert await client(bench).check_payment(number, Money(500_00)) is None
        small = await client(bench).check_payment(number, Money(50))
        large = await client(bench).check_payment(number, Money(100_000_01))
        closed = await client(bench).check_payment(AccountNumber(demo_accounts.CLOSED_ACCOUNT), Money(500_00))
        assert [each.code for each in (small, large, closed) if each] == ["sum-too-small", "sum-too-large", "closed"]
        assert due(bench, number) == 2_347_56
        assert bench.host.state()["payments"] == 0

    play(scene)


def test_same_payment_twice_is_one_credit(client: Client) -> None:
    async def scene(bench: BillingBench) -> None:
        first = await client(bench).submit_payment(payment(1))
        again = await client(bench).submit_payment(payment(1))
        assert isinstance(first, Accepted)
        assert again == first
        assert due(bench, demo_accounts.DEBTOR) == 2_247_56
        assert bench.host.state()["payments"] == 1

    play(scene)


def test_refusal_of_a_payment_stays(client: Client) -> None:
    async def scene(bench: BillingBench) -> None:
        bench.host.behaviours.put("refusing", "closed")
        refused = await client(bench).submit_payment(payment(1))
        bench.host.behaviours.calm()
        assert isinstance(refused, Refused)
        assert refused.code == "closed"
        assert await client(bench).submit_payment(payment(1)) == refused
        assert due(bench, demo_accounts.DEBTOR) == 2_347_56

    play(scene)


def test_lost_replies_cost_repeats_and_no_money(client: Client) -> None:
    async def scene(bench: BillingBench) -> None:
        bench.host.behaviours.put("lose-replies", "0.6")
        attempts = 0
        for number in range(1, 21):
            answer, tries = await until_answered(client(bench), payment(number))
            attempts += tries
            bench.host.behaviours.put("lose-replies", "0")
            assert await client(bench).submit_payment(payment(number)) == answer
            bench.host.behaviours.put("lose-replies", "0.6")
        assert attempts > 20
        assert bench.host.state()["payments_kopecks"] == 20 * 100_00
        assert due(bench, demo_accounts.DEBTOR) == 2_347_56 - 20 * 100_00

    play(scene)


def test_lost_requests_are_unknown_too_and_do_nothing(client: Client) -> None:
    async def scene(bench: BillingBench) -> None:
        bench.host.behaviours.put("lose-requests")
        with pytest.raises(TransferUnknown):
            await client(bench).submit_payment(payment(1))
        assert bench.host.state()["payments"] == 0

    play(scene)


def test_reply_to_another_payment_is_never_taken(client: Client) -> None:
    async def scene(bench: BillingBench) -> None:
        first = await client(bench).submit_payment(payment(1))
        bench.host.behaviours.put("repeat-replies")
        with pytest.raises(TransferUnknown):
            await client(bench).submit_payment(payment(2))
        bench.host.behaviours.calm()
        second = await client(bench).submit_payment(payment(2))
        assert isinstance(first, Accepted)
        assert isinstance(second, Accepted)
        assert first.operation != second.operation
        assert bench.host.state()["payments"] == 2

    play(scene)


@pytest.mark.parametrize("kind", ["html", "half", "other-reply", "500", "429", "503", "huge", "redirect"])
def test_answers_that_are_none_leave_the_payment_open(client: Client, kind: str) -> None:
    async def scene(bench: BillingBench) -> None:
        bench.host.behaviours.put("wrong", kind)
        with pytest.raises(TransferUnknown) as caught:
            await client(bench).submit_payment(payment(1))
        assert caught.value.retry_after_s == (2.0 if kind in ("429", "503") else None)
        bench.host.behaviours.calm()
        assert isinstance(await client(bench).submit_payment(payment(1)), Accepted)
        assert bench.host.state()["payments_kopecks"] == 100_00

    play(scene)


def test_nobody_there_is_certain(client: Client) -> None:
    async def scene(bench: BillingBench) -> None:
        await bench.host.server.stop()
        with pytest.raises(NotSent):
            await client(bench).submit_payment(payment(1))
        with pytest.raises(NotSent):
            await client(bench).find_account(AccountNumber(demo_accounts.DEBTOR))

    play(scene)
