"""An emulated billing host in this process, both clients connected to it over loopback, and payments to send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from contracts.identifiers import AccountNumber, PaymentNumber, TerminalId, payment_key, reading_key
from contracts.money import Money
from simulator.billing_host.demo_accounts import DEBTOR
from simulator.billing_host.host import BillingHost
from terminal.ports.processing import PaymentSubmission, ReadingsSubmission, RegisterReading
from terminal.transfer.http_requests import RequestsTransport
from terminal.transfer.osmp_client import OsmpProcessing
from terminal.transfer.osmp_profile import OsmpProfile
from terminal.transfer.processing_client import Deadlines, JsonProcessing

TERMINAL = TerminalId("T-0001")
ZONE = timezone(timedelta(hours=3))
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=ZONE)
TODAY = date(2026, 11, 20)
PROFILE = OsmpProfile("neva", "Невская энергосбытовая компания", lookup_timeout_s=5.0, pay_timeout_s=5.0)
DEADLINES = Deadlines(5.0, 5.0, 5.0)


class FixedClock:
    """It is always noon."""

    def monotonic(self) -> float:
        return 0.0

    def now(self) -> datetime:
        return NOON.astimezone(UTC).astimezone(ZONE)


@dataclass(frozen=True, slots=True)
class BillingBench:
    host: BillingHost
    port: int
    json: JsonProcessing
    osmp: OsmpProcessing


@asynccontextmanager
async def billing_bench(database: str = ":memory:", accounts: int = 0) -> AsyncIterator[BillingBench]:
    """A running host with the well-known accounts and `accounts` more."""
    host = BillingHost(database, lambda: TODAY, accounts=accounts)
    port = await host.start()
    json_http = RequestsTransport(f"http://127.0.0.1:{port}/v1")
    osmp_http = RequestsTransport(f"http://127.0.0.1:{port}/osmp")
    try:
        yield BillingBench(
            host, port, JsonProcessing(json_http, FixedClock(), TERMINAL, DEADLINES),
            OsmpProcessing(osmp_http, FixedClock(), TERMINAL, PROFILE))
    finally:
        json_http.close()
        osmp_http.close()
        await host.stop()


def payment(number: int, kopecks: int = 100_00, account: str = DEBTOR) -> PaymentSubmission:
    """Payment `number` of the terminal, made `number` seconds after noon."""
    return PaymentSubmission(
        payment_key(TERMINAL, PaymentNumber(number)), number, TERMINAL, AccountNumber(account), Money(kopecks),
        NOON + timedelta(seconds=number))


def readings(sequence: int, *taken: tuple[str, str, int], account: str = DEBTOR) -> ReadingsSubmission:
    """Readings as (meter, zone, kWh)."""
    return ReadingsSubmission(
        reading_key(TERMINAL, sequence), TERMINAL, AccountNumber(account), NOON,
        tuple(RegisterReading(*each) for each in taken))
