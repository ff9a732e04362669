"""What only the JSON contract offers: conflicts, status, batches, readings, addresses, the end of a day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from contracts.identifiers import AccountNumber, IdempotencyKey
from contracts.money import Money
from simulator.billing_host import demo_accounts
from terminal.accounts.account import AccountCard, LookupRefusal
from terminal.ports.processing import (
    Accepted,
    AddressQuery,
    KeyConflict,
    NotKnown,
    PaymentSubmission,
    Refused,
    TransferUnknown,
)
from terminal.ports.records import DayTotals
from terminal.transfer.processing_client import MAX_BATCH
from tests.support.billing_bench import TERMINAL, BillingBench, billing_bench, payment, readings

DAY = "2026-11-20"
EMPTY_DAY = DayTotals(DAY, 0, 0, 0, Money(0), "0" * 64)


def play(scene: Callable[[BillingBench], Awaitable[None]]) -> None:
    async def main() -> None:
        async with billing_bench() as bench:
            await scene(bench)

    asyncio.run(main())


def totals_of(*payments: PaymentSubmission) -> DayTotals:
    """The terminal's side of a day, computed from the description of the contract alone."""
    head = bytes(32)
    for each in payments:
        head = sha256(head + each.key.encode() + b":" + str(each.amount.kopecks).encode()).digest()
    total = Money(sum(each.amount.kopecks for each in payments))
    return DayTotals(DAY, payments[0].number, payments[-1].number, len(payments), total, head.hex())


def test_other_body_under_a_key_is_a_conflict() -> None:
    async def scene(bench: BillingBench) -> None:
        await bench.json.submit_payment(payment(1))
        with pytest.raises(KeyConflict):
            await bench.json.submit_payment(payment(1, kopecks=500_00))
        with pytest.raises(KeyConflict):
            await bench.json.submit_payment(payment(1, account=demo_accounts.AHEAD))
        assert bench.host.state()["payments_kopecks"] == 100_00

    play(scene)


def test_status_tells_what_became_of_a_key() -> None:
    async def scene(bench: BillingBench) -> None:
        accepted = await bench.json.submit_payment(payment(1))
        refused = await bench.json.submit_payment(payment(2, account=demo_accounts.CLOSED_ACCOUNT))
        assert await bench.json.status(payment(1).key) == accepted
        assert await bench.json.status(payment(2).key) == refused
        assert isinstance(refused, Refused)
        assert await bench.json.status(payment(3).key) == NotKnown()

    play(scene)


def test_batch_gives_each_payment_its_own_result() -> None:
    async def scene(bench: BillingBench) -> None:
        await bench.json.submit_payment(payment(3, kopecks=900_00))
        batch = [payment(1), payment(2, account=demo_accounts.CLOSED_ACCOUNT), payment(3), payment(4)]
        results = await bench.json.submit_batch(batch)
        kinds = [type(results[each.key]) for each in batch]
        assert kinds == [Accepted, Refused, KeyConflict, Accepted]
        assert await bench.json.submit_payment(payment(4)) == results[payment(4).key]
        assert bench.host.state()["payments_kopecks"] == 900_00 + 2 * 100_00

    play(scene)


def test_batch_is_bounded() -> None:
    async def scene(bench: BillingBench) -> None:
        with pytest.raises(ValueError, match="200"):
            await bench.json.submit_batch([payment(number) for number in range(1, MAX_BATCH + 2)])
        with pytest.raises(ValueError, match="200"):
            await bench.json.submit_batch([])

    play(scene)


def test_outbox_drains_in_batches_over_a_line_that_loses_replies() -> None:
    async def scene(bench: BillingBench) -> None:
        bench.host.behaviours.put("lose-replies", "0.3")
        waiting = [payment(number) for number in range(1, 2001)]
        lost = 0
        operations: dict[IdempotencyKey, Accepted | Refused | KeyConflict] = {}
        while waiting:
            try:
                operations.update(await bench.json.submit_batch(waiting[:MAX_BATCH]))
            except TransferUnknown:
                lost += 1
                continue
            del waiting[:MAX_BATCH]
        assert lost > 0
        assert all(isinstance(each, Accepted) for each in operations.values())
        assert len(set(operations.values())) == 2000
        assert bench.host.state()["payments_kopecks"] == 2000 * 100_00

    play(scene)


def test_readings_change_what_the_next_client_sees() -> None:
    async def scene(bench: BillingBench) -> None:
        taken = readings(1, ("30567812", "T1", 48_520), ("30567812", "T2", 21_170))
        first = await bench.json.submit_readings(taken)
        assert isinstance(first, Accepted)
        assert await bench.json.submit_readings(taken) == first
        card = await bench.json.find_account(AccountNumber(demo_accounts.DEBTOR))
        assert isinstance(card, AccountCard)
        assert [register.last_kwh for register in card.meters[0].registers] == [48_520, 21_170]
        with pytest.raises(KeyConflict):
            await bench.json.submit_readings(readings(1, ("30567812", "T1", 48_521)))

    play(scene)


@pytest.mark.parametrize(("reading", "code"), [
    (("30567812", "T3", 5), "unknown-meter"),
    (("1", "T1", 5), "unknown-meter"),
    (("30567812", "T1", 1_000_000), "reading-out-of-range"),
])
def test_readings_that_fit_no_meter_are_refused(reading: tuple[str, str, int], code: str) -> None:
    async def scene(bench: BillingBench) -> None:
        refused = await bench.json.submit_readings(readings(1, reading))
        assert isinstance(refused, Refused)
        assert refused.code == code

    play(scene)


def test_account_is_found_by_its_address() -> None:
    async def scene(bench: BillingBench) -> None:
        typed = AddressQuery("САНКТ-ПЕТЕРБУРГ", "улица Летчика Пилютова", "д. 12 корп. 2", "кв. 34")
        card = await bench.json.find_account(typed)
        assert isinstance(card, AccountCard)
        assert card.number == demo_accounts.DEBTOR
        nowhere = replace(typed, flat="35")
        assert await bench.json.find_account(nowhere) is LookupRefusal.NOT_FOUND

    play(scene)


def test_address_of_two_accounts_is_ambiguous() -> None:
    async def scene(bench: BillingBench) -> None:
        with bench.host.store.transaction():
            bench.host.store.connection.execute("UPDATE account SET address_key = '|same|1|1'")
        assert await bench.json.find_account(AddressQuery("", "same", "1", "1")) is LookupRefusal.AMBIGUOUS

    play(scene)


def test_both_sides_compute_the_same_day() -> None:
    async def scene(bench: BillingBench) -> None:
        assert await bench.json.close_day(TERMINAL, EMPTY_DAY) == EMPTY_DAY
        made = [payment(7), payment(8, kopecks=51_50), payment(11, account=demo_accounts.ARREARS)]
        for each in (made[1], made[0], made[2]):
            await bench.json.submit_payment(each)
        await bench.json.submit_payment(payment(9, account=demo_accounts.CLOSED_ACCOUNT))
        assert await bench.json.close_day(TERMINAL, totals_of(*made)) == totals_of(*made)

    play(scene)


@pytest.mark.parametrize(("behaviour", "count"), [("lose-payments", 1), ("forget-key", 3)])
def test_day_shows_what_the_host_lost_or_did_twice(behaviour: str, count: int) -> None:
    async def scene(bench: BillingBench) -> None:
        await bench.json.submit_payment(payment(1))
        bench.host.behaviours.put(behaviour)
        assert isinstance(await bench.json.submit_payment(payment(2)), Accepted)
        assert isinstance(await bench.json.submit_payment(payment(2)), Accepted)
        ours = totals_of(payment(1), payment(2))
        theirs = await bench.json.close_day(TERMINAL, ours)
        assert theirs != ours
        assert theirs.count == count

    play(scene)
