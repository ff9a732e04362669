"""Pages on which meter readings are typed, doubted and looked over."""

from __future__ import annotations

from typing import assert_never

from contracts.pages import EntryField, Notice, PageKind, Row, Tone
from terminal.accounts.account import AccountCard
from terminal.metering.acceptance import MeterObstacle, QuestionReason, ReadingRefused, RefusalReason
from terminal.metering.meter import Meter
from terminal.visit import elements
from terminal.visit.destinations import ReadingEntry, ReadingQuestion, ReadingsCheck
from terminal.visit.pages.meter_words import (
    dates_text,
    energy_text,
    entered_rows,
    obstacle_text,
    reading_text,
    register_name,
    unread_meters,
    zone_name,
)
from terminal.visit.pages.scene import Content, Scene
from terminal.visit.wording import register_places

_METER_REASONS = {
    RefusalReason.METER_REMOTE: MeterObstacle.REMOTE,
    RefusalReason.METER_REPLACED: MeterObstacle.REPLACED,
    RefusalReason.METER_VERIFICATION_OVER: MeterObstacle.VERIFICATION_OVER,
}


def reading_entry(scene: Scene, place: ReadingEntry, card: AccountCard) -> Content:
    """One register, with what it showed last."""
    meter, register = place.target.meter, place.target.register
    return Content(
        PageKind.READING_ENTRY,
        scene.text("What does the meter show?"),
        scene.text(
            "Meter {serial}, {zone}. Reading {index} of {total}.",
            serial=meter.serial,
            zone=register_name(scene, meter, register),
            index=place.index + 1,
            total=len(place.targets),
        ),
        step=(3, 4),
        notices=unread_meters(scene, card) if place.index == 0 else (),
        rows=(Row(scene.text("Last reading"), reading_text(scene, meter, register)),),
        field=EntryField(
            "reading",
            register_name(scene, meter, register),
            place.typed,
            meter.digits,
            hint=scene.text("Only the digits before the comma"),
            unit=scene.text("kWh"),
            error="" if place.refused is None else _refusal_text(scene, place, place.refused, card),
        ),
        buttons=(scene.primary(elements.NEXT, scene.text("Next")), scene.back(), scene.exit()),
    )


def reading_question(scene: Scene, place: ReadingQuestion) -> Content:
    """The reading is doubtful, and why."""
    question, target = place.question, place.entry.target
    consumed = energy_text(scene, question.consumption)
    rows = [
        Row(scene.text("Last reading"), reading_text(scene, target.meter, target.register)),
        Row(scene.text("Your reading"), register_places(question.kwh, target.meter.digits), strong=True),
        Row(scene.text("Used since then"), consumed, strong=True),
    ]
    if question.usual:
        rows.append(Row(scene.text("Usually in a month"), energy_text(scene, question.usual)))
    return Content(
        PageKind.QUESTION, scene.text("Is the reading right?"), _doubt_text(scene, place), step=(3, 4),
        notices=_mixed_up(scene, target.meter, question.other_zone), rows=tuple(rows),
        buttons=(
            scene.choice(elements.CORRECT, scene.text("Enter it again")),
            scene.choice(elements.CONFIRM, scene.text("Yes, it is right")),
            scene.back(), scene.exit(),
        ),
    )


def readings_check(scene: Scene, place: ReadingsCheck) -> Content:
    return Content(
        PageKind.QUESTION, scene.text("Are all readings right?"),
        scene.text("Please compare them with your meter."), step=(4, 4),
        rows=entered_rows(scene, place.targets, place.entered),
        buttons=(scene.primary(elements.SEND, scene.text("Send the readings")), scene.back(), scene.exit()),
    )


def readings_sending(scene: Scene) -> Content:
    return Content(
        PageKind.WAIT, scene.text("Recording your readings"), scene.text("This takes a few seconds."),
        busy=True)


def _refusal_text(scene: Scene, place: ReadingEntry, refused: ReadingRefused, card: AccountCard) -> str:
    meter, register = place.target.meter, place.target.register
    match refused.reason:
        case RefusalReason.EMPTY | RefusalReason.NOT_A_NUMBER:
            return scene.text("Please enter the digits that the meter shows.")
        case RefusalReason.TOO_MANY_DIGITS:
            return scene.plural(
                "The meter has {count} digit before the comma. Leave out what is behind it.",
                "The meter has {count} digits before the comma. Leave out what is behind it.", meter.digits)
        case RefusalReason.LOWER_THAN_LAST if refused.other_zone:
            return scene.text(
                "This is lower than the last reading. It looks like the reading of {zone}: please check the "
                "display.",
                zone=zone_name(scene, meter, refused.other_zone))
        case RefusalReason.LOWER_THAN_LAST:
            return scene.text(
                "This is lower than the last reading, {last}. Please check the digits. If the meter was "
                "replaced, call {phone}.", last=register_places(register.last_kwh, meter.digits),
                phone=scene.phone)
        case RefusalReason.OUTSIDE_DATES:
            return dates_text(scene, card.window)
        case (
            RefusalReason.METER_REMOTE | RefusalReason.METER_REPLACED | RefusalReason.METER_VERIFICATION_OVER
        ):
            return obstacle_text(scene, meter.serial, _METER_REASONS[refused.reason])
        case _:
            assert_never(refused.reason)


def _doubt_text(scene: Scene, place: ReadingQuestion) -> str:
    match place.question.reason:
        case QuestionReason.IMPLAUSIBLE:
            return scene.text("That is much more than usual. Please compare the digits with your meter.")
        case QuestionReason.ROLLED_OVER:
            return scene.text(
                "It is lower than the last one. Did the meter pass through zero after all nines?"
            )
        case _:
            assert_never(place.question.reason)


def _mixed_up(scene: Scene, meter: Meter, other_zone: str) -> tuple[Notice, ...]:
    if not other_zone:
        return ()
    text = scene.text("It looks like the reading of {zone}: please check the display.",
                      zone=zone_name(scene, meter, other_zone))
    return (Notice(Tone.WARNING, text),)
