"""A long queue leaves in batches: each payment once and the whole sum, whatever is lost; one bad row is one bad row."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from contracts.faults import FaultCode
from contracts.identifiers import PaymentNumber
from contracts.money import Money
from simulator.billing_host.host import BillingHost
from simulator.billing_host.messages import Request
from terminal.ports.http import HttpRequest, HttpResponse, NoAnswer, NoConnection
from terminal.ports.records import OutboxState
from terminal.service.outbox_worker import BATCHES_AHEAD, MAX_IN_VAIN, MAX_ROWS
from terminal.service.retry import BackOff
from terminal.transfer.processing_client import JsonProcessing
from tests.journal import steps
from tests.support.queued_payments import Dispatch, dispatch, queue
from tests.support.virtual_loop import VirtualClock, run_virtually

PAUSES = BackOff(10.0, 60.0)
SILENT, LOST = "silent", "lost"
Fate = Callable[[int], str]
"""What happens to the request of that number, the first being 1: `SILENT`, `LOST` or nothing."""


class LossyHttp:
    """Implements `ports.http.HttpTransport` straight into a billing host, over a line with a fate for each request."""

    def __init__(self, host: BillingHost, fate: Fate) -> None:
        self._host = host
        self._fate = fate
        self.sent: list[list[int]] = []
        """The numbers of the payments in each request that left."""

    async def exchange(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        fate = self._fate(len(self.sent) + 1)
        self.sent.append([each["number"] for each in json.loads(request.body or b"{}").get("payments", [])])
        if fate == SILENT:
            raise NoConnection("cable out")
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self._host.answer(Request(request.method, "/v1" + request.path, headers, request.body))
        if fate == LOST:
            raise NoAnswer("reply lost")
        return HttpResponse(reply.status, {"content-type": reply.content_type}, reply.body)


def drain(
    directory: Path, count: int, fate: Fate, scenario: Callable[[Dispatch, LossyHttp, BillingHost], Awaitable[None]]
) -> None:
    async def whole() -> None:
        opened = queue(directory, count)
        host = BillingHost(":memory:", steps.NOON.date, accounts=0)
        clock, http = VirtualClock(steps.NOON), LossyHttp(host, fate)
        sending = dispatch(directory, opened, JsonProcessing(http, clock, steps.TERMINAL), clock, PAUSES)
        try:
            await scenario(sending, http, host)
        finally:
            opened.journal.close()
            host.store.close()

    run_virtually(whole())


def held(host: BillingHost) -> tuple[int, Money]:
    state = host.state()
    return int(state["payments"]), Money(int(state["payments_kopecks"]))


def unsent(sending: Dispatch) -> int:
    return sending.opened.outbox.totals().count


def test_a_long_queue_leaves_oldest_first_in_whole_batches(tmp_path: Path) -> None:
    count = MAX_ROWS * BATCHES_AHEAD + 250

    async def scenario(sending: Dispatch, http: LossyHttp, host: BillingHost) -> None:
        await sending.worker.send_due()
        assert [len(each) for each in http.sent] == [MAX_ROWS] * BATCHES_AHEAD + [200, 50]
        assert [number for each in http.sent for number in each] == list(range(1, count + 1))
        assert held(host) == (count, steps.NOTE * count)
        assert (unsent(sending), sending.worker.delivered) == (0, count)
        assert not sending.opened.journal.broken_identities()

    drain(tmp_path, count, lambda _number: "", scenario)


def test_lost_replies_among_many_pay_nothing_twice_and_forget_nothing(tmp_path: Path) -> None:
    count = MAX_ROWS * 7

    async def scenario(sending: Dispatch, http: LossyHttp, host: BillingHost) -> None:
        await sending.worker.send_due()
        assert held(host) == (count, steps.NOTE * count)
        assert unsent(sending) == 3 * MAX_ROWS
        assert FaultCode.HOST_ANSWERS_WRONG not in {fault.code for fault in sending.health.faults}
        await sending.worker.send_due()
        assert unsent(sending) == 3 * MAX_ROWS, "they wait for their pause"
        await asyncio.sleep(PAUSES.longest_s)
        await sending.worker.send_due()
        assert held(host) == (count, steps.NOTE * count)
        assert (unsent(sending), sending.worker.delivered) == (0, count)
        assert sending.opened.journal.day_totals(steps.NOON.date().isoformat()).sum == steps.NOTE * count
        assert not sending.opened.journal.broken_identities()

    drain(tmp_path, count, lambda number: LOST if number in (1, 3, 4) else "", scenario)


def test_the_answers_to_a_batch_become_durable_while_the_next_is_on_its_way(tmp_path: Path) -> None:
    async def scenario(sending: Dispatch, http: LossyHttp, host: BillingHost) -> None:
        left: list[int] = []
        sending.book.watch(lambda _payment: left.append(len(http.sent)))
        await sending.worker.send_due()
        assert left == [2] * MAX_ROWS + [3] * MAX_ROWS + [3] * MAX_ROWS

    drain(tmp_path, MAX_ROWS * 3, lambda _number: "", scenario)


def test_a_host_out_of_reach_is_asked_a_few_times_and_then_the_round_waits(tmp_path: Path) -> None:
    count = MAX_ROWS * 7

    async def scenario(sending: Dispatch, http: LossyHttp, host: BillingHost) -> None:
        await sending.worker.send_due()
        assert len(http.sent) == 2 + MAX_IN_VAIN
        assert held(host) == (2 * MAX_ROWS, steps.NOTE * 2 * MAX_ROWS)
        assert unsent(sending) == count - 2 * MAX_ROWS
        assert FaultCode.HOST_UNREACHABLE in {fault.code for fault in sending.health.faults}
        for number in (1, 2 * MAX_ROWS, 2 * MAX_ROWS + 1, count):
            row = sending.opened.outbox.row(steps.key(number))
            assert row is not None
            asked_in_vain = 1 if 2 * MAX_ROWS < number <= (2 + MAX_IN_VAIN) * MAX_ROWS else 0
            assert row.attempts == asked_in_vain
            assert row.state is (OutboxState.DELIVERED if number <= 2 * MAX_ROWS else OutboxState.DUE)

    drain(tmp_path, count, lambda number: SILENT if number > 2 else "", scenario)


def test_a_row_that_cannot_be_read_holds_up_no_other(tmp_path: Path) -> None:
    broken, count = 5, 300

    async def scenario(sending: Dispatch, http: LossyHttp, host: BillingHost) -> None:
        payment = sending.book.payment(PaymentNumber(broken))
        assert payment is not None
        connection = sending.opened.journal._database.connection
        connection.execute("UPDATE sealed SET ciphertext = x'00' WHERE digest = ?", (payment.sealed_account,))
        await sending.worker.send_due()
        assert [len(each) for each in http.sent] == [MAX_ROWS - 1, count - MAX_ROWS]
        assert held(host) == (count - 1, steps.NOTE * (count - 1))
        assert unsent(sending) == 1
        row = sending.opened.outbox.row(steps.key(broken))
        assert row is not None
        assert (row.state, row.attempts) == (OutboxState.DUE, 1)

    drain(tmp_path, count, lambda _number: "", scenario)


def test_a_key_that_the_host_holds_for_something_else_stops_one_payment(tmp_path: Path) -> None:
    count = 300

    async def scenario(sending: Dispatch, http: LossyHttp, host: BillingHost) -> None:
        with host.store.transaction():
            host.store.connection.execute(
                "INSERT INTO operation (key, told_key, kind, terminal, digest, account, accepted, number, kopecks, day,"
                " at, answer) VALUES (?1, ?1, 'payment', ?2, 'other', '0', 0, 7, 0, '', '', '{}')",
                (steps.key(7), steps.TERMINAL))
        await sending.worker.send_due()
        assert [len(each) for each in http.sent] == [MAX_ROWS, count - MAX_ROWS]
        assert held(host) == (count - 1, steps.NOTE * (count - 1))
        assert unsent(sending) == 1
        assert FaultCode.HOST_KEY_CONFLICT in {fault.code for fault in sending.health.faults}

    drain(tmp_path, count, lambda _number: "", scenario)
