"""What every device tells of itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contracts.faults import ActiveFault

BILL_ACCEPTOR = "bill-acceptor"
FISCAL_REGISTER = "fiscal-register"


class DeviceState(StrEnum):
    """How usable a device is, whatever its protocol calls it."""

    OFFLINE = "offline"
    """No answer."""
    STARTING = "starting"
    """Answers, but is not ready yet: power-up, initialise, recovery."""
    READY = "ready"
    """Does, or would do at once, what it is for."""
    BUSY = "busy"
    """In the middle of something with the client's money or paper."""
    FAULTY = "faulty"
    """Answers that it cannot work."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the device is: what is written down when it is first seen and compared ever after."""

    model: str
    serial: str
    firmware: str = ""


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """The present condition of a device; replaces the one before. `faults` holds only what is wrong now."""

    device: str
    """`BILL_ACCEPTOR`, `FISCAL_REGISTER` …"""
    state: DeviceState
    identity: Identity | None = None
    faults: frozenset[ActiveFault] = frozenset()
    detail: str = ""
    """For technicians, e.g. the wire status by name."""


class DeviceError(Exception):
    """A device did not do what was asked; a technician may have to act. `fault` names the entry of the catalogue."""

    def __init__(self, fault: ActiveFault) -> None:
        super().__init__(f"{fault.code} {fault.code.name}: {fault.detail}")
        self.fault = fault
