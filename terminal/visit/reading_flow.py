"""Meter readings: every register that the client reads, a look over them all, and their recording."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from contracts import pages
from terminal.accounts.account import AccountCard
from terminal.metering.acceptance import (
    ReadingAccepted,
    ReadingQuestioned,
    ReadingRefused,
    RefusalReason,
    judge,
    obstacle,
)
from terminal.visit import elements
from terminal.visit.amounts import payable
from terminal.visit.context import Surroundings
from terminal.visit.destinations import (
    AccountShown,
    AmountChoice,
    ReadingEntry,
    ReadingQuestion,
    ReadingsCheck,
    ReadingsDone,
    ReadingsNotTaken,
    ReadingsObstacle,
    ReadingsSending,
    ReadingsUnavailable,
    ReadingTarget,
)
from terminal.visit.effects import EnteredReading, RecordReadings
from terminal.visit.events import ReadingsRecorded, ReadingsRefused, VisitEvent
from terminal.visit.keypad import is_key, overflows, press
from terminal.visit.state import Purpose, Step, Visit, go, leave, look_up, stay


def open_readings(visit: Visit, card: AccountCard, surroundings: Surroundings) -> Step:
    """To the first register, or to the page that says why there is none."""
    targets = tuple(
        ReadingTarget(meter, register)
        for meter in card.meters if obstacle(meter, surroundings.today) is None
        for register in meter.registers
    )
    if not targets:
        return go(visit, ReadingsUnavailable(ReadingsObstacle.NO_METERS))
    if not card.window.contains(surroundings.today):
        return go(visit, ReadingsUnavailable(ReadingsObstacle.OUTSIDE_DATES))
    if not surroundings.readings.offered:
        return go(visit, ReadingsUnavailable(ReadingsObstacle.NOT_OFFERED))
    return go(visit, ReadingEntry(targets))


def touch_entry(
    visit: Visit, place: ReadingEntry, card: AccountCard, element: str, surroundings: Surroundings,
) -> Step:
    """The keypad, or the next register."""
    if is_key(element):
        return go(visit, _typed(place, element))
    match element:
        case elements.NEXT:
            return _take(visit, place, card, surroundings)
        case pages.BACK if place.index == 0:
            return go(visit, AccountShown())
        case pages.BACK:
            return go(visit, _previous(place.targets, place.entered))
        case pages.EXIT:
            return leave(surroundings)
        case _:
            return stay(visit)


def touch_question(visit: Visit, place: ReadingQuestion, element: str, surroundings: Surroundings) -> Step:
    """Right as it is, or to be typed again."""
    match element:
        case elements.CONFIRM:
            return _keep(visit, place.entry, place.question.kwh)
        case elements.CORRECT:
            return go(visit, replace(place.entry, typed="", refused=None))
        case pages.BACK:
            return go(visit, place.entry)
        case pages.EXIT:
            return leave(surroundings)
        case _:
            return stay(visit)


def touch_check(visit: Visit, place: ReadingsCheck, element: str, surroundings: Surroundings) -> Step:
    """Record them, or go back to the last one."""
    match element:
        case elements.SEND:
            return go(visit, ReadingsSending(place.targets, place.entered), RecordReadings(place.entered))
        case pages.BACK:
            return go(visit, _previous(place.targets, place.entered))
        case pages.EXIT:
            return leave(surroundings)
        case _:
            return stay(visit)


def answered(visit: Visit, place: ReadingsSending, event: VisitEvent) -> Step:
    """The readings are recorded, or the host has refused them."""
    match event:
        case ReadingsRecorded(operation):
            return go(visit, ReadingsDone(place.targets, place.entered, operation))
        case ReadingsRefused(reason):
            return go(visit, ReadingsNotTaken(reason))
        case _:
            return stay(visit)


def touch_end(
    visit: Visit,
    place: ReadingsDone | ReadingsNotTaken | ReadingsUnavailable,
    card: AccountCard,
    element: str,
    surroundings: Surroundings,
) -> Step:
    """The readings are over, one way or another; the same account may be paid without typing it again."""
    match element:
        case elements.PAY if payable(card, surroundings):
            return go(replace(visit, purpose=Purpose.PAY), AmountChoice())
        case elements.ACCOUNT if isinstance(place, ReadingsDone):
            return look_up(visit, card.number)
        case pages.BACK if not isinstance(place, ReadingsDone):
            return go(visit, AccountShown())
        case pages.EXIT:
            return leave(surroundings)
        case _:
            return stay(visit)


def _typed(place: ReadingEntry, element: str) -> ReadingEntry:
    """A digit too many is told at once: most often the client goes on behind the point of the display."""
    digits = place.target.meter.digits
    if overflows(place.typed, element, digits):
        return replace(place, refused=ReadingRefused(RefusalReason.TOO_MANY_DIGITS))
    return replace(place, typed=press(place.typed, element, digits), refused=None)


def _take(visit: Visit, place: ReadingEntry, card: AccountCard, surroundings: Surroundings) -> Step:
    target = place.target
    judgement = judge(
        target.register, target.meter, place.typed, surroundings.today, card.window,
        surroundings.plausible_factor,
    )
    match judgement:
        case ReadingAccepted():
            return _keep(visit, place, judgement.kwh)
        case ReadingQuestioned():
            return go(visit, ReadingQuestion(replace(place, refused=None), judgement))
        case ReadingRefused():
            return go(visit, replace(place, refused=judgement))
        case _:
            assert_never(judgement)


def _keep(visit: Visit, place: ReadingEntry, kwh: int) -> Step:
    target = place.target
    entered = (*place.entered, EnteredReading(target.meter.serial, target.register.zone, kwh))
    if len(entered) < len(place.targets):
        return go(visit, ReadingEntry(place.targets, entered=entered))
    return go(visit, ReadingsCheck(place.targets, entered))


def _previous(targets: tuple[ReadingTarget, ...], entered: tuple[EnteredReading, ...]) -> ReadingEntry:
    return ReadingEntry(targets, typed=str(entered[-1].kwh), entered=entered[:-1])
