"""How a payment ended: what happened, where the money is, what to do next, a number and a phone."""

from __future__ import annotations

from typing import assert_never

from contracts.pages import Notice, PageKind, Row, Tone
from terminal.visit import elements
from terminal.visit.destinations import Outcome, PaymentNotBegun
from terminal.visit.events import Certainty, PaymentEnded
from terminal.visit.pages.scene import Content, Scene
from terminal.visit.session_policy import waits_for_a_person
from terminal.visit.wording import account_tail


def payment_not_begun(scene: Scene, place: PaymentNotBegun) -> Content:
    reason = scene.text(place.reason)
    return Content(
        PageKind.OUTCOME,
        scene.text("The payment has not begun"),
        scene.text("No money was taken from you. Please try again later or call {phone}.", phone=scene.phone),
        notices=(Notice(Tone.ERROR, reason),) if reason else (),
        buttons=(scene.exit(),) if scene.visit.card is None else (scene.back(), scene.exit()),
    )


def outcome(scene: Scene, place: Outcome) -> Content:
    """Certain, or waiting for a person to decide; the two are never mixed up."""
    account = scene.choice(elements.ACCOUNT, scene.text("Back to the account"))
    ended = place.ended
    open_end = waits_for_a_person(place)
    heading = (
        scene.text("Your payment is being checked") if open_end
        else scene.text("{amount} paid", amount=ended.total)
    )
    return Content(
        PageKind.UNKNOWN_OUTCOME if open_end else PageKind.OUTCOME,
        heading,
        scene.text("Please do not pay a second time.") if open_end else scene.text("Thank you!"),
        notices=_notices(scene, ended),
        rows=_rows(scene, place),
        buttons=(scene.exit(),) if scene.visit.card is None else (account, scene.exit()),
        qr=ended.qr,
    )


def _rows(scene: Scene, place: Outcome) -> tuple[Row, ...]:
    ended = place.ended
    rows = [Row(scene.text("Inserted"), str(ended.total), strong=True)]
    if scene.visit.card is not None:
        rows.insert(0, Row(scene.text("Account"), account_tail(scene.visit.card.number)))
    if ended.total > place.due:
        rows.append(Row(scene.text("Of it in advance"), str(ended.total - place.due)))
    if ended.operation:
        rows.append(Row(scene.text("Operation number"), ended.operation))
    if ended.case:
        rows.append(Row(scene.text("Number to quote"), ended.case, strong=True))
    if ended.case or waits_for_a_person(place):
        rows.append(Row(scene.text("Phone"), scene.phone, strong=True))
    return tuple(rows)


def _notices(scene: Scene, ended: PaymentEnded) -> tuple[Notice, ...]:
    notices: list[Notice] = []
    if ended.total:
        notices.append(_transfer(scene, ended))
    if ended.disputed:
        notices.append(Notice(Tone.ERROR, scene.text(
            "For {amount} it is not known whether the note stayed in the terminal. If it did, it is yours: "
            "we will check when the cassette is opened.", amount=ended.disputed)))
    if ended.total:
        notices.append(_receipt(scene, ended))
    return tuple(notices)


def _transfer(scene: Scene, ended: PaymentEnded) -> Notice:
    match ended.transfer:
        case Certainty.YES:
            tone, text = Tone.SUCCESS, scene.text("The money is transferred to the supplier.")
        case Certainty.LATER:
            tone, text = Tone.SUCCESS, scene.text("The money is accepted. The supplier will have it today.")
        case Certainty.UNKNOWN:
            tone, text = Tone.WARNING, scene.text(
                "The money is accepted and safe. The supplier has not confirmed it yet; "
                "we will find out today.")
        case Certainty.REFUSED:
            tone, text = Tone.ERROR, scene.text(
                "The money is accepted and safe, but the supplier has not credited it. Please call {phone}.",
                phone=scene.phone)
        case _:
            assert_never(ended.transfer)
    return Notice(tone, text)


def _receipt(scene: Scene, ended: PaymentEnded) -> Notice:
    match ended.receipt:
        case Certainty.YES:
            tone, text = Tone.INFO, scene.text("Please take your receipt.")
        case Certainty.LATER if ended.qr:
            tone, text = Tone.WARNING, scene.text(
                "The receipt is registered but not printed. Take a picture of the code: "
                "it is your receipt.")
        case Certainty.LATER:
            tone, text = Tone.WARNING, scene.text(
                "The receipt is not printed. To have it later, please call {phone}.", phone=scene.phone)
        case Certainty.UNKNOWN:
            tone, text = Tone.WARNING, scene.text(
                "It is not known yet whether the receipt was made. We will find out, the payment stands.")
        case Certainty.REFUSED:
            tone, text = Tone.ERROR, scene.text(
                "The receipt could not be made, the payment stands. Please call {phone}.",
                phone=scene.phone)
        case _:
            assert_never(ended.receipt)
    return Notice(tone, text)
