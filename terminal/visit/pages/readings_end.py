"""Pages on which the giving of meter readings ends: taken, not taken, or not possible now."""

from __future__ import annotations

from typing import assert_never

from contracts.pages import Button, Notice, PageKind, Tone
from terminal.accounts.account import AccountCard
from terminal.visit import elements
from terminal.visit.amounts import payable
from terminal.visit.destinations import ReadingsDone, ReadingsNotTaken, ReadingsObstacle, ReadingsUnavailable
from terminal.visit.pages.meter_words import dates_text, entered_rows, unread_meters
from terminal.visit.pages.money_words import pay_label
from terminal.visit.pages.scene import Content, Scene


def readings_done(scene: Scene, place: ReadingsDone, card: AccountCard) -> Content:
    """Taken, with the host's number or the promise of today; payment is one touch away."""
    if place.operation:
        lead = scene.text("The supplier has them. Operation number {operation}.", operation=place.operation)
    else:
        lead = scene.text("They are recorded. The supplier will have them today.")
    return Content(
        PageKind.OUTCOME, scene.text("Your readings are taken"), lead,
        rows=entered_rows(scene, place.targets, place.entered),
        buttons=(
            *_payment(scene, card),
            scene.choice(elements.ACCOUNT, scene.text("Back to the account")),
            scene.exit(),
        ),
    )


def readings_not_taken(scene: Scene, place: ReadingsNotTaken) -> Content:
    notices = (Notice(Tone.ERROR, place.reason),) if place.reason else ()
    return Content(
        PageKind.OUTCOME, scene.text("The supplier did not take the readings"),
        scene.text("Please call {phone}: we will take them by phone.", phone=scene.phone), notices=notices,
        buttons=(scene.back(), scene.exit()),
    )


def readings_unavailable(scene: Scene, place: ReadingsUnavailable, card: AccountCard) -> Content:
    """Why no readings are taken for this account now, and what can be done instead."""
    return Content(
        PageKind.OUTCOME, scene.text("Readings are not taken now"),
        _obstacle_lead(scene, place.obstacle, card),
        notices=unread_meters(scene, card),
        buttons=(*_payment(scene, card), scene.back(), scene.exit()),
    )


def _obstacle_lead(scene: Scene, why: ReadingsObstacle, card: AccountCard) -> str:
    match why:
        case ReadingsObstacle.OUTSIDE_DATES:
            return dates_text(scene, card.window)
        case ReadingsObstacle.NO_METERS:
            return scene.text("There is no meter on this account whose readings you enter yourself.")
        case ReadingsObstacle.NOT_OFFERED:
            return scene.text(scene.surroundings.readings.reason)
        case _:
            assert_never(why)


def _payment(scene: Scene, card: AccountCard) -> tuple[Button, ...]:
    if not payable(card, scene.surroundings):
        return ()
    return (scene.primary(elements.PAY, pay_label(scene, card.due)),)
