"""Decides whether a typed reading is taken, refused with a reason, or asked about before it is taken.

Pure. Readings are whole kilowatt-hours, the places before the point of the meter's display. A refusal always
names what the client can be told on the spot: nothing is refused silently, nothing doubtful taken unasked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from terminal.metering.meter import Meter, ReadingWindow, Register

UNKNOWN_USUAL_KWH = 300
"""Monthly consumption assumed when none is known: that of an ordinary flat."""
TYPED_AT_MOST = 32
"""Longer entries are not numbers; keeps the conversion bounded. Digits."""


class MeterObstacle(StrEnum):
    """Why no reading of a meter is taken from the client at all."""

    REMOTE = "remote"
    REPLACED = "replaced"
    VERIFICATION_OVER = "verification-over"


class RefusalReason(StrEnum):
    """Why a reading is not taken."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not-a-number"
    TOO_MANY_DIGITS = "too-many-digits"
    LOWER_THAN_LAST = "lower-than-last"
    OUTSIDE_DATES = "outside-dates"
    METER_REMOTE = "meter-remote"
    METER_REPLACED = "meter-replaced"
    METER_VERIFICATION_OVER = "meter-verification-over"


class QuestionReason(StrEnum):
    """Why a reading is asked about."""

    IMPLAUSIBLE = "implausible"
    """Far more than usual."""
    ROLLED_OVER = "rolled-over"
    """Lower than the last one, and a display that passed through zero would explain it."""


@dataclass(frozen=True, slots=True)
class ReadingAccepted:
    kwh: int
    consumption: int
    """Since the last reading, kWh."""


@dataclass(frozen=True, slots=True)
class ReadingRefused:
    reason: RefusalReason
    other_zone: str = ""
    """The zone of the same meter whose reading this would be, if the client seems to have mixed them up."""


@dataclass(frozen=True, slots=True)
class ReadingQuestioned:
    reason: QuestionReason
    kwh: int
    consumption: int
    """Since the last reading, kWh."""
    usual: int
    """Average month, kWh; 0 when unknown."""
    other_zone: str = ""
    """As in `ReadingRefused`."""


Judgement = ReadingAccepted | ReadingRefused | ReadingQuestioned

_OBSTACLE_REASONS = {
    MeterObstacle.REMOTE: RefusalReason.METER_REMOTE,
    MeterObstacle.REPLACED: RefusalReason.METER_REPLACED,
    MeterObstacle.VERIFICATION_OVER: RefusalReason.METER_VERIFICATION_OVER,
}


def obstacle(meter: Meter, today: date) -> MeterObstacle | None:
    """Why this meter is not read by the client, if so. The last day of verification still counts."""
    if meter.replaced:
        return MeterObstacle.REPLACED
    if meter.remote:
        return MeterObstacle.REMOTE
    if meter.verified_until is not None and meter.verified_until < today:
        return MeterObstacle.VERIFICATION_OVER
    return None


def judge(
    register: Register, meter: Meter, typed: str, today: date, window: ReadingWindow, factor: int,
) -> Judgement:
    """What becomes of `typed` for that register of that meter.

    `factor`: a consumption above so many usual months is asked about; each further month since the last
    reading allows one usual month more. Total: never raises.
    """
    stopped = obstacle(meter, today)
    if stopped is not None:
        return ReadingRefused(_OBSTACLE_REASONS[stopped])
    if not window.contains(today):
        return ReadingRefused(RefusalReason.OUTSIDE_DATES)
    number = _number(typed, meter.digits)
    if isinstance(number, RefusalReason):
        return ReadingRefused(number)
    return _compare(register, meter, number, today, factor)


def plausible_most(register: Register, today: date, factor: int) -> int:
    """The largest consumption since the last reading that is taken without a question, kWh."""
    usual = register.usual_month_kwh if register.usual_month_kwh > 0 else UNKNOWN_USUAL_KWH
    return usual * (factor + _further_months(register.last_on, today))


def _number(typed: str, digits: int) -> int | RefusalReason:
    if not typed:
        return RefusalReason.EMPTY
    if not (typed.isascii() and typed.isdigit()):
        return RefusalReason.NOT_A_NUMBER
    if len(typed) > TYPED_AT_MOST or len(typed.lstrip("0")) > digits:
        return RefusalReason.TOO_MANY_DIGITS
    return int(typed)


def _compare(register: Register, meter: Meter, kwh: int, today: date, factor: int) -> Judgement:
    most = plausible_most(register, today, factor)
    consumption = kwh - register.last_kwh
    if 0 <= consumption <= most:
        return ReadingAccepted(kwh, consumption)
    other = _fitting_zone(register, meter, kwh, today, factor)
    if consumption > most:
        return ReadingQuestioned(
            QuestionReason.IMPLAUSIBLE, kwh, consumption, register.usual_month_kwh, other
        )
    through_zero = consumption + 10**meter.digits
    if 0 < through_zero <= most and not other:
        return ReadingQuestioned(QuestionReason.ROLLED_OVER, kwh, through_zero, register.usual_month_kwh)
    return ReadingRefused(RefusalReason.LOWER_THAN_LAST, other)


def _fitting_zone(register: Register, meter: Meter, kwh: int, today: date, factor: int) -> str:
    """The one other zone of the meter that this reading would fit; empty for none or several."""
    fitting = [
        each.zone for each in meter.registers
        if each.zone != register.zone and 0 <= kwh - each.last_kwh <= plausible_most(each, today, factor)
    ]
    return fitting[0] if len(fitting) == 1 else ""


def _further_months(last_on: date, today: date) -> int:
    """Calendar months beyond the first since the last reading; never negative."""
    return max(0, (today.year - last_on.year) * 12 + today.month - last_on.month - 1)
