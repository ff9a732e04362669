"""The emulated host itself: its accounts, its memory over restarts, its orders, its process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.identifiers import AccountNumber
from simulator.billing_host.account_generator import generate
from simulator.billing_host.account_numbers import is_right
from simulator.billing_host.behaviours import Behaviours, Kind
from simulator.billing_host.companies import COMPANIES
from simulator.billing_host.demo_accounts import CLOSED_ACCOUNT, DEBTOR, demo_accounts
from simulator.control import VerbRefused, ask
from terminal.ports.processing import Accepted, TransferUnknown
from terminal.transfer.http_requests import RequestsTransport
from terminal.transfer.processing_client import JsonProcessing
from tests.support.billing_bench import DEADLINES, TERMINAL, TODAY, FixedClock, billing_bench, payment

ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 30


def test_accounts_are_the_same_for_the_same_seed() -> None:
    first = list(generate(5, 300, TODAY))
    assert first == list(generate(5, 300, TODAY))
    assert first != list(generate(6, 300, TODAY))


def test_every_kind_of_account_is_among_ten_thousand() -> None:
    accounts = list(generate(0, 10_000, TODAY))
    assert len({account.number for account in accounts}) == 10_000
    assert all(is_right(account.number) for account in accounts)
    assert {account.company for account in accounts} == {company.code for company in COMPANIES}
    meters = [meter for account in accounts for meter in account.meters]
    shares = {
        "closed": sum(account.state == "closed" for account in accounts),
        "blocked": sum(account.state == "blocked" for account in accounts),
        "business": sum(account.kind == "legal-entity" for account in accounts),
        "arrears": sum(account.due_kopecks > 10_000_00 for account in accounts),
        "ahead": sum(account.due_kopecks < 0 for account in accounts),
        "one rate": sum(len(meter.registers) == 1 for meter in meters),
        "two rates": sum(len(meter.registers) == 2 for meter in meters),
        "three rates": sum(len(meter.registers) == 3 for meter in meters),
        "remote": sum(meter.remote for meter in meters),
        "replaced": sum(meter.replaced for meter in meters),
        "unverified": sum((meter.verified_until or "") < TODAY.isoformat() for meter in meters),
    }
    assert min(shares.values()) >= 100, shares


@pytest.mark.parametrize(("name", "argument"), [
    ("odd", ""), ("slow", ""), ("slow", "x"), ("slow", "-1"), ("slow", "nan"), ("lose-replies", "1.1"), ("wrong", ""),
    ("wrong", "way"), ("refusing", ""),
])
def test_behaviours_that_make_no_sense_are_refused(name: str, argument: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Behaviours().put(name, argument)


def test_chances_are_repeatable() -> None:
    def thrown(seed: int) -> list[bool]:
        behaviours = Behaviours(seed)
        behaviours.put("lose-replies", "0.5")
        return [behaviours.happens(Kind.LOSE_REPLIES) for _ in range(50)]

    assert thrown(1) == thrown(1)
    assert thrown(1) != thrown(2)
    assert set(thrown(1)) == {True, False}


def test_slow_and_silent_hosts_are_given_up_at_the_deadline() -> None:
    async def main() -> None:
        async with billing_bench() as bench:
            hasty = RequestsTransport(f"http://127.0.0.1:{bench.port}/v1")
            client = JsonProcessing(hasty, FixedClock(), TERMINAL, type(DEADLINES)(0.3, 0.3, 0.3))
            for number, (name, argument) in enumerate((("slow", "30"), ("silent", ""), ("drip", "0.05")), start=1):
                bench.host.behaviours.put(name, argument)
                with pytest.raises(TransferUnknown):
                    await client.submit_payment(payment(number))
                bench.host.behaviours.calm()
                assert isinstance(await bench.json.submit_payment(payment(number)), Accepted)
            assert bench.host.state()["payments"] == 3
            hasty.close()

    asyncio.run(main())


class HostProcess:
    """The host as it is started on a bench."""

    def __init__(self, folder: Path) -> None:
        self.control = folder / "host.sock"
        command = (sys.executable, "-m", "simulator", "billing-host", "--port", "0", "--accounts", "40",
                   "--database", str(folder / "host.db"), "--control", str(self.control))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ))
        assert self.process.stdout is not None
        self.ready = self.process.stdout.readline()

    @property
    def url(self) -> str:
        return self.ready.split()[2]

    def pay(self, number: int) -> Accepted:
        async def main() -> Accepted:
            transport = RequestsTransport(self.url)
            try:
                answer = await JsonProcessing(transport, FixedClock(), TERMINAL).submit_payment(payment(number))
            finally:
                transport.close()
            assert isinstance(answer, Accepted)
            return answer

        return asyncio.run(main())

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        code = self.process.wait(START_TIMEOUT_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@contextmanager
def host_process(folder: Path) -> Iterator[HostProcess]:
    host = HostProcess(folder)
    try:
        yield host
    finally:
        if host.process.poll() is None:
            host.end(signal.SIGKILL)


@pytest.mark.system
def test_store_survives_a_kill_and_a_clean_end(tmp_path: Path) -> None:
    with host_process(tmp_path) as host:
        assert host.ready.startswith("billing-host ready http://127.0.0.1:")
        assert host.ready.endswith(f"accounts={40 + len(demo_accounts(TODAY))}\n")
        first = host.pay(1)
        host.end(signal.SIGKILL)
    with host_process(tmp_path) as host:
        assert host.pay(1) == first
        second = host.pay(2)
        assert host.end(signal.SIGTERM) == 0
        assert not host.control.exists()
    with host_process(tmp_path) as host:
        assert (host.pay(1), host.pay(2)) == (first, second)
        assert ask(host.control, "state")["payments_kopecks"] == 200_00


@pytest.mark.system
def test_orders_over_the_control_socket(tmp_path: Path) -> None:
    with host_process(tmp_path) as host:
        host.pay(1)
        assert ask(host.control, "accounts", ["3"])[0] == "2600000018"
        assert len(ask(host.control, "accounts")) == 20
        assert ask(host.control, "account", [DEBTOR])["due_kopecks"] == 2_247_56
        assert ask(host.control, "account", [CLOSED_ACCOUNT])["state"] == "closed"
        assert [each["key"] for each in ask(host.control, "payments")] == [payment(1).key]
        assert ask(host.control, "day", [TERMINAL, "2026-11-20"])["count"] == 1
        assert ask(host.control, "behave", ["lose-replies", "1"]) == {"lose-replies": "1"}
        with pytest.raises(TransferUnknown):
            host.pay(2)
        assert ask(host.control, "calm") == {}
        assert ask(host.control, "state")["requests"]["replies_lost"] == 1
        host.pay(2)
        for verb, arguments in (("account", ["1"]), ("behave", ["odd"]), ("account", []), ("seed", ["x"])):
            with pytest.raises(VerbRefused):
                ask(host.control, verb, arguments)
        listed = subprocess.run(
            (sys.executable, "-m", "simulator", "ctl", str(host.control), "help"), cwd=ROOT, check=True,
            capture_output=True, timeout=START_TIMEOUT_S)
        assert set(json.loads(listed.stdout)) == {
            "state", "accounts", "account", "payments", "day", "checkpoint", "enrol", "behave", "calm",
            "seed", "help"}


@pytest.mark.system
def test_well_known_account_is_reachable_by_hand(tmp_path: Path) -> None:
    with host_process(tmp_path) as host:
        transport = RequestsTransport(host.url)
        client = JsonProcessing(transport, FixedClock(), TERMINAL)
        card = asyncio.run(client.find_account(AccountNumber(DEBTOR)))
        transport.close()
        assert getattr(card, "holder", None) == "И****в П. С."
