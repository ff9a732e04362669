"""The account card as the JSON contract gives it. Full names go out; masking is up to whoever shows them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from simulator.billing_host.companies import BY_CODE
from simulator.billing_host.records import AccountRecord, MeterRecord


def card_body(account: AccountRecord, today: date) -> dict[str, Any]:
    company = BY_CODE[account.company]
    paid = None if account.last_kopecks is None else {"kopecks": account.last_kopecks, "paid_on": account.last_on}
    return {
        "number": account.number,
        "company": {"code": company.code, "name": company.name},
        "holder": {"kind": account.kind, "name": account.holder},
        "state": account.state,
        "address": account.address,
        "services": [
            {"code": charge.code, "name": charge.name, "due_kopecks": charge.due_kopecks}
            for charge in account.charges
        ],
        "meters": [_meter(meter) for meter in account.meters],
        "period": _month_before(today),
        "reading_window": {"first_day": company.window[0], "last_day": company.window[1]},
        "last_payment": paid,
    }


def _meter(meter: MeterRecord) -> dict[str, Any]:
    return {
        "serial": meter.serial,
        "digits": meter.digits,
        "verified_until": meter.verified_until,
        "remote": meter.remote,
        "replaced": meter.replaced,
        "registers": [
            {"zone": each.zone, "last_kwh": each.last_kwh, "last_on": each.last_on,
             "usual_month_kwh": each.usual_month_kwh}
            for each in meter.registers
        ],
    }


def _month_before(today: date) -> str:
    return (today.replace(day=1) - timedelta(days=1)).isoformat()[:7]
