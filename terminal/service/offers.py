"""What can be offered to a client, as it follows from the faults and from what the devices have said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.faults import CATALOGUE, ActiveFault, FaultCode, Severity, Stops
from terminal.ports.device import BILL_ACCEPTOR, FISCAL_REGISTER, DeviceReport, DeviceState
from terminal.visit.context import Offer
from terminal.visit.reasons import STARTING

HOST_SILENT = (FaultCode.HOST_UNREACHABLE, FaultCode.HOST_ANSWERS_WRONG)
_RANK = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Offers:
    """`cash`: whether a cash payment may begin. `lookup`: whether accounts can be found: the host answered last time,
    or was not asked yet. `out_of_service`: message identifier of the reason why nothing at all is offered; empty while
    something is."""

    cash: Offer
    readings: Offer
    lookup: Offer
    out_of_service: str


def offers_of(gravest_first: tuple[ActiveFault, ...], reports: Mapping[str, DeviceReport]) -> Offers:
    """From the faults, gravest first, and the newest report of each device."""
    everything = stopped_by(gravest_first, Stops.EVERYTHING)
    no_cash = stopped_by(gravest_first, Stops.CASH) or stopped_by(gravest_first, Stops.PAYMENTS) or everything
    if not no_cash and not all(is_usable(reports.get(name)) for name in (BILL_ACCEPTOR, FISCAL_REGISTER)):
        no_cash = STARTING
    no_readings = stopped_by(gravest_first, Stops.READINGS) or everything
    silent = next((CATALOGUE[fault.code].client_text for fault in gravest_first if fault.code in HOST_SILENT), None)
    lookup = Offer(silent is None, silent or "")
    nothing = everything or ("" if lookup.offered else lookup.reason) or (no_cash if no_readings else "")
    return Offers(_offer(no_cash), _offer(no_readings), lookup, nothing)


def gravest_first(faults: Iterable[ActiveFault]) -> tuple[ActiveFault, ...]:
    return tuple(sorted(faults, key=lambda fault: (-_RANK[fault.entry.severity], fault.code)))


def stopped_by(faults: Iterable[ActiveFault], stops: Stops) -> str:
    """What the client is told of the first of the faults that stops this; empty when none does."""
    return next((fault.entry.client_text or STARTING for fault in faults if fault.entry.stops is stops), "")


def is_usable(report: DeviceReport | None) -> bool:
    return report is not None and report.state in (DeviceState.READY, DeviceState.BUSY)


def _offer(reason: str) -> Offer:
    return Offer(not reason, reason)
