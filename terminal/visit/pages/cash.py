"""Pages while notes are being inserted. What is in and what is missing are the largest things on them."""

from __future__ import annotations

from typing import assert_never

from contracts.money import Money
from contracts.pages import Button, Figure, Notice, PageKind, Tone
from terminal.visit import elements
from terminal.visit.destinations import CashEnding, CashLeaving, InsertCash
from terminal.visit.events import CashProgress, CashStage, NoteTrouble
from terminal.visit.pages.money_words import note_list
from terminal.visit.pages.scene import Content, Scene


def cash_opening(scene: Scene) -> Content:
    return Content(
        PageKind.WAIT, scene.text("The note slot is opening"), scene.text("Please have your notes ready."),
        busy=True)


def insert_cash(scene: Scene, place: InsertCash) -> Content:
    """Notes one at a time; the way out says what becomes of the money."""
    moving = place.progress.stage is CashStage.NOTE_MOVING
    return Content(
        PageKind.INSERT_CASH,
        scene.text("Insert the notes one at a time"),
        _notes_lead(scene),
        step=(4, 4),
        notices=_notices(scene, place.progress),
        figures=_figures(scene, place.due, place.progress.inserted),
        buttons=_ways_out(scene, place),
        busy=moving,
    )


def cash_leaving(scene: Scene, place: CashLeaving) -> Content:
    """Less than the due amount is in: end here?"""
    inserted = place.progress.inserted
    return Content(
        PageKind.QUESTION,
        scene.text("Credit {amount} and finish?", amount=inserted),
        scene.text(
            "{amount} of the sum to pay is missing. It can be paid later.", amount=place.due - inserted
        ),
        step=(4, 4),
        notices=_notices(scene, place.progress),
        figures=_figures(scene, place.due, inserted),
        buttons=(
            scene.choice(elements.MORE, scene.text("Insert more")),
            scene.choice(elements.FINISH, scene.text("Credit {amount}", amount=inserted)),
            scene.back(),
        ),
    )


def cash_ending(scene: Scene, place: CashEnding) -> Content:
    if place.inserted:
        lead = scene.text(
            "We are crediting {amount} to your account and printing the receipt.", amount=place.inserted
        )
    else:
        lead = scene.text("The note slot is closing. Please insert no more notes.")
    return Content(PageKind.WAIT, scene.text("One moment, please"), lead, busy=True)


def _notes_lead(scene: Scene) -> str:
    if not scene.surroundings.note_values:
        return scene.text("No change is given.")
    return scene.text("We take {notes}. No change is given.", notes=note_list(scene.surroundings))


def _figures(scene: Scene, due: Money, inserted: Money) -> tuple[Figure, ...]:
    if inserted > due:
        rest = Figure("advance", scene.text("In advance"), str(inserted - due))
    else:
        rest = Figure("remaining", scene.text("Still to insert"), str(due - inserted))
    return (
        Figure("due", scene.text("To pay"), str(due)),
        Figure("inserted", scene.text("Inserted"), str(inserted), strong=True),
        rest,
    )


def _ways_out(scene: Scene, place: InsertCash) -> tuple[Button, ...]:
    """Locked while a note is on its way: the sum on the button would not be true."""
    inserted = place.progress.inserted
    moving = place.progress.stage is CashStage.NOTE_MOVING
    if not inserted:
        back, leave = scene.back(), scene.exit()
        return (Button(back.name, back.label, back.role, not moving),
                Button(leave.name, leave.label, leave.role, not moving))
    label = scene.text("Done") if inserted >= place.due else scene.text("Credit {amount}", amount=inserted)
    return (scene.primary(elements.FINISH, label, enabled=not moving),)


def _notices(scene: Scene, progress: CashProgress) -> tuple[Notice, ...]:
    trouble = _trouble_notice(scene, progress)
    notices = () if trouble is None else (trouble,)
    if not progress.acceptor_out:
        return notices
    if progress.inserted:
        text = scene.text(
            "No more notes can be taken. The {amount} inserted are safe: touch the button to credit them.",
            amount=progress.inserted)
    else:
        text = scene.text("Notes cannot be taken at the moment. No money was taken from you.")
    return (*notices, Notice(Tone.ERROR, text))


def _trouble_notice(scene: Scene, progress: CashProgress) -> Notice | None:
    inserted = progress.inserted
    match progress.trouble:
        case NoteTrouble.NONE:
            return None
        case NoteTrouble.REJECTED:
            tone, text = Tone.WARNING, scene.text(
                "The note was not taken. Smooth it out or insert another one. Inserted: {amount}.",
                amount=inserted)
        case NoteTrouble.TOO_LARGE:
            tone, text = Tone.WARNING, scene.text(
                "This note is too large for the payment. Please insert a smaller one. Inserted: {amount}.",
                amount=inserted)
        case NoteTrouble.RETURNED:
            tone, text = Tone.WARNING, scene.text(
                "The note came back. Please take it. Inserted: {amount}.", amount=inserted)
        case NoteTrouble.DISPUTED:
            tone, text = Tone.ERROR, scene.text(
                "We do not know yet whether the note of {amount} is in the terminal. It is recorded under number "
                "{case} and will be checked. Phone {phone}.",
                amount=progress.disputed, case=progress.case, phone=scene.phone)
        case _:
            assert_never(progress.trouble)
    return Notice(tone, text)
