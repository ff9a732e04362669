"""The condition of a validator as the rest of the terminal sees it: state, identity and open faults."""

from __future__ import annotations

from contracts.faults import ActiveFault, FaultCode
from terminal.devices.ccnet.statuses import Meaning
from terminal.ports.bill_acceptor import NoteInEscrow, NoteRejected, NoteStacked, Observation, Reported
from terminal.ports.device import DeviceReport, DeviceState, Identity

DEVICE = "bill-acceptor"
NOISE_RAISED_AT = 10
"""Damaged exchanges of the last hundred from which the line counts as noisy …"""
NOISE_CLEARED_AT = 2
"""… until there are no more than so many."""
MANY_REJECTS = 5
"""Notes rejected in a row, without one that was recognised."""


class Health:
    """Collects what is known and says when the report has changed."""

    def __init__(self) -> None:
        self.identity: Identity | None = None
        self.has_no_rubles = False
        self._meaning: Meaning | None = None
        self._silence = ""
        self._stuck = ""
        self._is_noisy = False
        self._rejects = 0
        self._reported: tuple[DeviceState, Identity | None, frozenset[ActiveFault]] | None = None

    def answered(self, meaning: Meaning) -> None:
        """The validator has answered a poll."""
        self._silence = ""
        if self._meaning is not None and self._meaning.status is not meaning.status:
            self._stuck = ""
        self._meaning = meaning

    def silent(self, why: str) -> None:
        """The validator does not answer, or its line is not there."""
        self._silence = why
        self._stuck = ""
        self._meaning = None

    def stuck(self, phrase: str) -> None:
        """The validator has stood in one state for too long."""
        self._stuck = phrase

    def damages(self, count: int) -> None:
        """How many of the last hundred exchanges were damaged."""
        self._is_noisy = count > NOISE_CLEARED_AT if self._is_noisy else count >= NOISE_RAISED_AT

    def happened(self, observations: list[Observation]) -> None:
        """Count rejections in a row."""
        for each in observations:
            if isinstance(each, NoteRejected):
                self._rejects += 1
            elif isinstance(each, NoteInEscrow | NoteStacked):
                self._rejects = 0

    def changes(self) -> list[Observation]:
        """The new report, when anything but its wording has changed."""
        report = self._report()
        essence = (report.state, report.identity, report.faults)
        if essence == self._reported:
            return []
        self._reported = essence
        return [Reported(report)]

    def _report(self) -> DeviceReport:
        if self._silence:
            state, detail = DeviceState.OFFLINE, self._silence
        elif self._meaning is None:
            state, detail = DeviceState.STARTING, ""
        else:
            state, detail = self._meaning.state, self._meaning.phrase
        if self._stuck:
            state = DeviceState.FAULTY
        return DeviceReport(DEVICE, state, self.identity, frozenset(self._faults()), detail)

    def _faults(self) -> list[ActiveFault]:
        found = []
        if self._silence:
            found.append(ActiveFault(FaultCode.ACCEPTOR_SILENT, self._silence))
        elif self._meaning is not None and self._meaning.fault is not None:
            found.append(self._meaning.fault)
        if self._stuck:
            found.append(ActiveFault(FaultCode.ACCEPTOR_STUCK, self._stuck))
        if self._is_noisy:
            found.append(ActiveFault(FaultCode.ACCEPTOR_LINE_NOISE))
        if self.has_no_rubles:
            found.append(ActiveFault(FaultCode.ACCEPTOR_FOREIGN_TABLE))
        if self._rejects >= MANY_REJECTS:
            found.append(ActiveFault(FaultCode.ACCEPTOR_REJECTS_MANY))
        return found
