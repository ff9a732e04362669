"""What an answer to POLL means: one total function from bytes, which knows no impossible answer.

Source: CashCode NET, document 1, revision 2.4.3, chapter "Bill Validator", command 33h. An answer that is in no
manual is a fault that keeps its bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.faults import ActiveFault, FaultCode
from terminal.devices.ccnet.wire import WITH_PARAMETER, Control, Failure, Reject, Status
from terminal.ports.bill_acceptor import Found, RejectReason
from terminal.ports.device import DeviceState

POWER_UPS = frozenset((Status.POWER_UP, Status.POWER_UP_BILL_IN_VALIDATOR, Status.POWER_UP_BILL_IN_STACKER))
SETTLED = frozenset(
    (Status.IDLING, Status.DISABLED, Status.CASSETTE_FULL, Status.CASSETTE_OUT, Status.CHEATED)
)
"""No note is on its way any more."""
IN_ESCROW = frozenset((Status.ESCROW, Status.HOLDING))
RESET_IS_DANGEROUS = IN_ESCROW | {Status.ACCEPTING, Status.STACKING, Status.RETURNING}
"""A note moves or waits for a decision: a reset could lose the event that tells where it went."""
IDENTIFIES = POWER_UPS | {
    Status.INITIALISE, Status.DISABLED, Status.CASSETTE_FULL, Status.CASSETTE_OUT, Status.JAMMED,
    Status.CASSETTE_JAMMED, Status.CHEATED, Status.PAUSE, Status.FAILURE,
}
"""Identification and bill table are given in these only."""
FORGETS_ENABLING = POWER_UPS | {
    Status.INITIALISE, Status.CASSETTE_OUT, Status.JAMMED, Status.CASSETTE_JAMMED, Status.FAILURE,
}
"""A validator that comes out of these takes nothing until it is told again."""
CLOSES_IN = frozenset((Status.DISABLED, Status.CASSETTE_FULL, Status.CASSETTE_OUT))
"""No note is in the validator, and without being enabled it takes none."""
CASSETTE_IN_PLACE = RESET_IS_DANGEROUS | {Status.IDLING, Status.DISABLED, Status.CASSETTE_FULL}
"""Proof that the cassette is there; initialisation is none, it comes before the cassette is looked for."""

_FAULTS = {
    Status.CASSETTE_FULL: FaultCode.ACCEPTOR_CASSETTE_FULL,
    Status.CASSETTE_OUT: FaultCode.ACCEPTOR_CASSETTE_OUT,
    Status.JAMMED: FaultCode.ACCEPTOR_JAM,
    Status.CASSETTE_JAMMED: FaultCode.ACCEPTOR_CASSETTE_JAM,
    Status.CHEATED: FaultCode.ACCEPTOR_CHEATED,
    Status.PAUSE: FaultCode.ACCEPTOR_PAUSED,
    Status.FAILURE: FaultCode.ACCEPTOR_FAILURE,
}
_READY = frozenset((Status.IDLING, Status.DISABLED))
_STARTING = POWER_UPS | {Status.INITIALISE}
_FOUND = {
    Status.POWER_UP: Found.POWERED_UP,
    Status.POWER_UP_BILL_IN_VALIDATOR: Found.NOTE_IN_PATH,
    Status.POWER_UP_BILL_IN_STACKER: Found.NOTE_IN_CASSETTE,
    Status.CASSETTE_JAMMED: Found.NOTE_IN_CASSETTE,
    **dict.fromkeys(
        RESET_IS_DANGEROUS
        | {Status.REJECTING, Status.JAMMED, Status.PAUSE, Status.STACKED, Status.RETURNED},
        Found.NOTE_MOVING,
    ),
}
_REASONS = {
    Reject.INSERTION: RejectReason.INSERTION,
    Reject.MAGNETIC: RejectReason.MAGNETIC,
    Reject.RESIDUAL_NOTE: RejectReason.RESIDUAL_NOTE,
    Reject.COMPENSATION: RejectReason.OPERATION,
    Reject.CONVEYING: RejectReason.TRANSPORT,
    Reject.IDENTIFICATION: RejectReason.IDENTIFICATION,
    Reject.VERIFICATION: RejectReason.VERIFICATION,
    Reject.OPTIC: RejectReason.OPTICAL,
    Reject.INHIBITED: RejectReason.INHIBITED,
    Reject.CAPACITANCE: RejectReason.CAPACITANCE,
    Reject.OPERATION: RejectReason.OPERATION,
    Reject.LENGTH: RejectReason.LENGTH,
    Reject.UV: RejectReason.UV,
    Reject.BARCODE_UNREADABLE: RejectReason.BARCODE,
    Reject.BARCODE_LENGTH: RejectReason.BARCODE,
    Reject.BARCODE_START: RejectReason.BARCODE,
    Reject.BARCODE_STOP: RejectReason.BARCODE,
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """One answer to POLL, understood."""

    status: Status | None
    """`None` for a code that no manual has."""
    parameter: int
    """Bill type, reason, failure or time of the statuses that have one; else 0."""
    phrase: str
    """For technicians."""
    state: DeviceState
    fault: ActiveFault | None = None


def meaning_of(answer: bytes) -> Meaning:
    """Understand the data of an answer to POLL; total over all byte strings of at least one byte."""
    code, parameter = answer[0], answer[1] if len(answer) > 1 else 0
    status = Status.known(code)
    if status is None:
        phrase = f"неизвестное состояние {answer.hex(' ').upper()}"
        fault = ActiveFault(FaultCode.ACCEPTOR_FAILURE, phrase)
        return Meaning(None, parameter, phrase, DeviceState.FAULTY, fault)
    phrase = _phrase(status, parameter)
    fault_code = _FAULTS.get(status)
    fault_now = ActiveFault(fault_code, phrase) if fault_code else None
    return Meaning(status, parameter, phrase, _state(status), fault_now)


def is_poll_answer(data: bytes) -> bool:
    """Whether data can be the answer to POLL at all: answers carry no echo of their command, only a length."""
    if not 1 <= len(data) <= 2 or Control.known(data[0]) is not None:
        return False
    status = Status.known(data[0])
    return status is None or len(data) == (2 if status in WITH_PARAMETER else 1)


def found_of(status: Status | None) -> Found:
    """What the first answer after silence tells about a note in the device."""
    return _FOUND.get(status, Found.NOTHING) if status is not None else Found.NOTHING


def reason_of(raw: int) -> RejectReason:
    """The reason of a rejection; an unknown code is `UNKNOWN`, never an error."""
    known = Reject.known(raw)
    return RejectReason.UNKNOWN if known is None else _REASONS[known]


def _state(status: Status) -> DeviceState:
    if status in _READY:
        return DeviceState.READY
    if status in _STARTING:
        return DeviceState.STARTING
    if status in _FAULTS and status is not Status.CHEATED:
        return DeviceState.FAULTY
    return DeviceState.BUSY


def _phrase(status: Status, parameter: int) -> str:
    match status:
        case Status.FAILURE:
            known: Failure | Reject | None = Failure.known(parameter)
        case Status.REJECTING:
            known = Reject.known(parameter)
        case _:
            return status.phrase
    return f"{status.phrase} {parameter:02X}: {known.phrase if known else 'код не описан'}"
