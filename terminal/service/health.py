"""The status store: every fault that is there now, and what follows from it.

One place from which pages, command line, life signs and reports all read. Faults of one source are replaced as a
whole, so what is over goes away by itself; faults raised by the service stay until they are cleared. Graver ones are
journalled as incidents when they come and when they go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from contracts.faults import CATALOGUE, ActiveFault, FaultCode, Severity, Stops
from terminal.payments.facts import DeviceSeen, Fact, IncidentClosed, IncidentOpened
from terminal.ports.clock import Clock
from terminal.ports.device import BILL_ACCEPTOR, FISCAL_REGISTER, DeviceReport, DeviceState
from terminal.visit.context import Offer
from terminal.visit.reasons import STARTING

log = logging.getLogger(__name__)

ACCEPTOR = BILL_ACCEPTOR
REGISTER = FISCAL_REGISTER
OWN = "service"
FLAP_DAMPING_S = 60.0
"""An incident that comes back sooner than this is the same one and gets no second record."""
_HOST_SILENT = (FaultCode.HOST_UNREACHABLE, FaultCode.HOST_ANSWERS_WRONG)
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
        self._reports[report.device] = report
        self.replace_faults(report.device, report.faults)

    def replace_faults(self, source: str, faults: frozenset[ActiveFault]) -> None:
        """All faults of a source as they are now."""
        self._faults[source] = {fault.code: fault for fault in faults}
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
        order = list(Severity)
        found = [fault for source in self._faults.values() for fault in source.values()]
        return tuple(sorted(found, key=lambda fault: (-order.index(fault.entry.severity), fault.code)))

    @property
    def reports(self) -> tuple[DeviceReport, ...]:
        return tuple(self._reports[name] for name in sorted(self._reports))

    def cash_device_works(self) -> bool:
        """Whether the acceptor itself can take notes now."""
        report = self._reports.get(ACCEPTOR)
        usable = report is not None and report.state in (DeviceState.READY, DeviceState.BUSY)
        return usable and not self._stopping(Stops.CASH, (ACCEPTOR,))

    def cash(self) -> Offer:
        """Whether a cash payment may begin."""
        reason = self._stopping(Stops.CASH) or self._stopping(Stops.PAYMENTS) or self._stopping(Stops.EVERYTHING)
        if reason:
            return Offer(False, reason)
        starting = [name for name in (ACCEPTOR, REGISTER) if not self._usable(name)]
        return Offer(False, STARTING) if starting else Offer(True)

    def readings(self) -> Offer:
        reason = self._stopping(Stops.READINGS) or self._stopping(Stops.EVERYTHING)
        return Offer(not reason, reason)

    def host_silent(self) -> bool:
        """The billing host did not answer last time."""
        return any(fault.code in _HOST_SILENT for fault in self.faults)

    def lookup(self) -> Offer:
        """Whether accounts can be found: the host answered last time, or was not asked yet."""
        silent = next((fault for fault in self.faults if fault.code in _HOST_SILENT), None)
        return Offer(silent is None, CATALOGUE[silent.code].client_text if silent else "")

    def out_of_service(self) -> str:
        """Message identifier of the reason why nothing at all is offered; empty while something is."""
        everything = self._stopping(Stops.EVERYTHING)
        if everything:
            return everything
        lookup = self.lookup()
        if not lookup.offered:
            return lookup.reason
        if not self.cash().offered and not self.readings().offered:
            return self.cash().reason
        return ""

    def _usable(self, device: str) -> bool:
        report = self._reports.get(device)
        return report is not None and report.state in (DeviceState.READY, DeviceState.BUSY)

    def _stopping(self, stops: Stops, sources: tuple[str, ...] | None = None) -> str:
        """What the client is told of the gravest fault that stops this; empty when none does."""
        names = self._faults if sources is None else sources
        stopping = [
            fault.entry for name in names for fault in self._faults.get(name, {}).values() if fault.entry.stops is stops
        ]
        stopping.sort(key=lambda entry: list(Severity).index(entry.severity), reverse=True)
        return stopping[0].client_text or STARTING if stopping else ""

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
