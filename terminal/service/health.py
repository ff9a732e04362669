"""The status store: every fault that is there now, and what follows from it.

One place from which pages, command line, life signs and reports all read. Faults of one source are replaced as a
whole, so what is over goes away by itself; faults raised by the service stay until they are cleared. Graver ones are
journalled as incidents when they come and when they go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from contracts.faults import ActiveFault, FaultCode, Severity, Stops
from terminal.payments.facts import DeviceSeen, Fact, IncidentClosed, IncidentOpened
from terminal.ports.clock import Clock
from terminal.ports.device import BILL_ACCEPTOR, FISCAL_REGISTER, DeviceReport
from terminal.service.offers import HOST_SILENT, Offers, gravest_first, is_usable, offers_of, stopped_by

log = logging.getLogger(__name__)

ACCEPTOR = BILL_ACCEPTOR
REGISTER = FISCAL_REGISTER
OWN = "service"
FLAP_DAMPING_S = 60.0
"""An incident that comes back sooner than this is the same one and gets no second record."""
_GRAVE = (Severity.ERROR, Severity.CRITICAL)


class Health:
    """Faults by source, devices by name, and the offers that result."""

    def __init__(self, clock: Clock, record: Callable[[Fact], None], stamp: Callable[[], str]) -> None:
        self._clock = clock
        self._record = record
        self._stamp = stamp
        self._reports: dict[str, DeviceReport] = {}
        self._faults: dict[str, dict[FaultCode, ActiveFault]] = {}
        self._opened: dict[FaultCode, float] = {}
        self._incidents: set[FaultCode] = set()
        self._seen: dict[str, DeviceSeen] = {}
        self._changed: list[Callable[[], None]] = []
        self._in_order: tuple[ActiveFault, ...] | None = ()
        self._offers: Offers | None = None
        """Both follow from reports and faults, and are made anew when these have changed: every touch asks for them."""

    def watch(self, changed: Callable[[], None]) -> None:
        """Be told when a report or a fault has changed."""
        self._changed.append(changed)

    def remember_device(self, seen: DeviceSeen) -> None:
        """What the journal says was connected last."""
        self._seen[seen.device] = seen

    def device_seen(self, seen: DeviceSeen) -> None:
        """A device has said who it is; a change is recorded and raised."""
        before = self._seen.get(seen.device)
        if before == seen:
            return
        self._seen[seen.device] = seen
        self._record(seen)
        if before is not None and before.serial != seen.serial:
            code = FaultCode.ACCEPTOR_REPLACED if seen.device == ACCEPTOR else FaultCode.REGISTER_REPLACED
            self.raise_fault(code, f"{before.serial} -> {seen.serial}")

    def report(self, report: DeviceReport) -> None:
        """The present condition of a device."""
        if self._reports.get(report.device) != report:
            self._reports[report.device] = report
            self.replace_faults(report.device, report.faults)

    def replace_faults(self, source: str, faults: frozenset[ActiveFault]) -> None:
        """All faults of a source as they are now. Of two with one code the detail that comes last is told."""
        in_order = sorted(faults, key=lambda fault: (fault.code, fault.detail))
        self._faults[source] = {fault.code: fault for fault in in_order}
        self._in_order = self._offers = None
        self._journal_incidents()
        for changed in self._changed:
            changed()

    def raise_fault(self, code: FaultCode, detail: str = "") -> None:
        """A fault of the service's own, until `clear`."""
        own = self._faults.get(OWN, {})
        if own.get(code) == ActiveFault(code, detail):
            return
        others = {fault for fault in own.values() if fault.code is not code}
        self.replace_faults(OWN, frozenset({*others, ActiveFault(code, detail)}))

    def clear(self, code: FaultCode) -> None:
        own = self._faults.get(OWN, {})
        if code in own:
            self.replace_faults(OWN, frozenset(fault for fault in own.values() if fault.code is not code))

    @property
    def faults(self) -> tuple[ActiveFault, ...]:
        """Everything that is wrong now, gravest first."""
        if self._in_order is None:
            self._in_order = gravest_first(fault for source in self._faults.values() for fault in source.values())
        return self._in_order

    @property
    def reports(self) -> tuple[DeviceReport, ...]:
        return tuple(self._reports[name] for name in sorted(self._reports))

    @property
    def offers(self) -> Offers:
        """What can be offered to a client now."""
        if self._offers is None:
            self._offers = offers_of(self.faults, self._reports)
        return self._offers

    def cash_device_works(self) -> bool:
        """Whether the acceptor itself can take notes now."""
        faults = self._faults.get(ACCEPTOR, {}).values()
        return is_usable(self._reports.get(ACCEPTOR)) and not stopped_by(faults, Stops.CASH)

    def host_silent(self) -> bool:
        """The billing host did not answer last time."""
        return any(fault.code in HOST_SILENT for fault in self.faults)

    def _journal_incidents(self) -> None:
        """Incidents open and close with their faults; one that comes back at once is the same one."""
        now = self._clock.monotonic()
        grave = {fault.code: fault for fault in self.faults if fault.entry.severity in _GRAVE}
        for code, fault in grave.items():
            if code in self._incidents:
                continue
            self._incidents.add(code)
            if now - self._opened.get(code, -FLAP_DAMPING_S) >= FLAP_DAMPING_S:
                self._opened[code] = now
                log.warning("incident_opened code=%s detail=%s", code, fault.detail)
                self._record(IncidentOpened(code, fault.detail, self._stamp()))
        for code in sorted(self._incidents - grave.keys()):
            self._incidents.discard(code)
            log.info("incident_closed code=%s", code)
            self._record(IncidentClosed(code, self._stamp()))
