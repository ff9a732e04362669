"""The status of the terminal as fields: what the command line, the bench and the centre read.

Everything comes from the same stores that decide; nothing is computed for show.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from contracts.faults import ActiveFault
from contracts.identifiers import TerminalId
from terminal.ports.clock import Clock
from terminal.ports.device import DeviceReport
from terminal.ports.records import Journal, Outbox
from terminal.service.health import Health
from terminal.service.payment_book import PaymentBook
from terminal.service.register_watch import RegisterWatch
from terminal.service.same_day import DayTerms
from terminal.visit.context import Offer

MAX_RECORDS = 200
"""Most journal records given in one answer."""
USUAL_RECORDS = 50


class StatusReport:
    def __init__(
        self, terminal: TerminalId, journal: Journal, outbox: Outbox, book: PaymentBook, health: Health,
        watch: RegisterWatch, clock: Clock, day: DayTerms, page: Callable[[], dict[str, Any]],
        witness: Callable[[], dict[str, Any]], watchdog: Callable[[], tuple[ActiveFault, ...]],
    ) -> None:
        self._terminal = terminal
        self._journal = journal
        self._outbox = outbox
        self._book = book
        self._health = health
        self._watch = watch
        self._clock = clock
        self._day = day
        self._page = page
        self._witness = witness
        self._watchdog = watchdog

    def answer(self, what: str, arguments: Mapping[str, str]) -> Mapping[str, Any] | None:
        """The answer to an `Ask`; None for an unknown question."""
        match what:
            case "status":
                return self.status()
            case "journal":
                return self._records(arguments)
            case _:
                return None

    def status(self) -> dict[str, Any]:
        """Devices, tenders, faults, queue, shift, budget, journal."""
        health = self._health
        cassette = self._journal.cassette()
        return {
            "terminal": self._terminal,
            "at": self._clock.now().isoformat(timespec="seconds"),
            "in_service": not health.offers.out_of_service,
            **self._page(),
            "devices": [_device(report) for report in health.reports],
            "tenders": {"cash": _offer(health.offers.cash), "readings": _offer(health.offers.readings),
                        "lookup": _offer(health.offers.lookup)},
            "faults": [fault_body(fault) for fault in health.faults],
            "watchdog": [fault_body(fault) for fault in self._watchdog()],
            "queue": self._queue(),
            "shift": self._shift(),
            "cassette": {
                "notes": {str(value.kopecks // 100): count for value, count in sorted(cassette.items())},
                "kopecks": sum(value.kopecks * count for value, count in cassette.items()),
            },
            "journal": {"newest": self._journal.newest(), "free_bytes": self._journal.free_bytes(),
                        "witnessed": self._witness()},
            "payments": [
                {"number": each.number, "state": each.state, "inserted": each.inserted.kopecks,
                 "disputed": each.disputed_total.kopecks}
                for each in self._book.payments
            ],
        }

    def _queue(self) -> dict[str, Any]:
        totals = self._outbox.totals()
        return {
            "unsent": totals.count,
            "unsent_kopecks": totals.amount.kopecks,
            "oldest_at": totals.oldest_at.isoformat() if totals.oldest_at else None,
            "parked": totals.parked,
            "cut_off": self._day.cut_off.isoformat(timespec="minutes"),
            "budget": {"count": self._day.max_count, "kopecks": self._day.max_sum.kopecks,
                       "minutes": int(self._day.max_age.total_seconds() // 60)},
        }

    def _shift(self) -> dict[str, Any] | None:
        last = self._watch.last
        if last is None or last.shift is None:
            return None
        exchange = last.exchange
        return {
            "number": last.shift.number,
            "state": last.shift.state,
            "receipts": last.shift.receipts,
            "storage": last.storage,
            "storage_expires": last.storage_expires.isoformat() if last.storage_expires else None,
            "last_document": last.last_document,
            "unsent_to_ofd": exchange.unsent if exchange else None,
        }

    def _records(self, arguments: Mapping[str, str]) -> Mapping[str, Any]:
        views = self._journal.records_after(*which_records(arguments))
        records = [
            {"seq": each.sequence, "at": each.at, "kind": each.kind, "payment": each.payment,
             "body": json.loads(each.body)}
            for each in views
        ]
        return {"newest": self._journal.newest(), "records": records}


def fault_body(fault: ActiveFault) -> dict[str, Any]:
    """A fault with what the catalogue says of it."""
    entry = fault.entry
    return {
        "code": fault.code, "name": fault.code.name, "severity": entry.severity, "stops": entry.stops,
        "money_at_stake": entry.money_at_stake, "meaning": entry.meaning, "detail": fault.detail,
    }


def which_records(arguments: Mapping[str, str]) -> tuple[int, int]:
    """After which record, and how many, a client of the socket asks for; what is no number counts as not said."""
    after, limit = (
        int(text) if re.fullmatch(r"[0-9]{1,18}", text) else usual
        for text, usual in ((arguments.get("after", ""), 0), (arguments.get("limit", ""), USUAL_RECORDS))
    )
    return after, min(MAX_RECORDS, limit)


def _device(report: DeviceReport) -> dict[str, Any]:
    identity = report.identity
    return {
        "device": report.device,
        "state": report.state,
        "model": identity.model if identity else "",
        "serial": identity.serial if identity else "",
        "firmware": identity.firmware if identity else "",
        "detail": report.detail,
        "faults": [fault.code for fault in sorted(report.faults, key=lambda fault: fault.code)],
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {"offered": offer.offered, "reason": offer.reason}
