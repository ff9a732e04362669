"""Pages that settle how much is to be paid, and that there is no change."""

from __future__ import annotations

from typing import assert_never

from contracts.money import Money
from contracts.pages import Button, EntryField, Figure, Notice, PageKind, Tone
from terminal.accounts.account import AccountCard
from terminal.visit import elements
from terminal.visit.amounts import TYPED_AT_MOST, offered_amounts
from terminal.visit.destinations import AmountTrouble, AmountTyping, Consent
from terminal.visit.elements import amount_element
from terminal.visit.pages.scene import Content, Scene
from terminal.visit.wording import account_tail


def amount_choice(scene: Scene, card: AccountCard) -> Content:
    """The due amount, what notes can make of it, or another one."""
    owed = card.due.kopecks > 0
    label = scene.text("Due") if owed else scene.text("Advance on the account")
    amounts = tuple(_offer(scene, card, each) for each in offered_amounts(card, scene.surroundings))
    return Content(
        PageKind.AMOUNT,
        scene.text("How much would you like to pay?"),
        scene.text("Account {tail}, {company}", tail=account_tail(card.number), company=card.company_name),
        step=(3, 4),
        notices=_limits(scene, card),
        figures=(Figure("due", label, str(card.due if owed else -card.due), strong=True),),
        buttons=(*amounts, scene.choice(elements.OTHER_AMOUNT, scene.text("Another amount")),
                 scene.back(), scene.exit()),
    )


def amount_typing(scene: Scene, place: AmountTyping) -> Content:
    """Whole rubles on the keypad."""
    low, high = scene.surroundings.minimum, scene.surroundings.maximum
    return Content(
        PageKind.AMOUNT,
        scene.text("What amount would you like to pay?"),
        step=(3, 4),
        field=EntryField(
            "amount", scene.text("Amount"), place.typed, TYPED_AT_MOST,
            hint=scene.text("Whole rubles, from {low} to {high}", low=low, high=high), unit="₽",
            error="" if place.trouble is None else _trouble_text(scene, place.trouble),
        ),
        buttons=(scene.primary(elements.NEXT, scene.text("Next")), scene.back(), scene.exit()),
    )


def consent(scene: Scene, place: Consent, card: AccountCard) -> Content:
    """The client agrees, before the first note, that what is over becomes an advance."""
    cash = scene.surroundings.cash
    reason = "" if cash.offered else scene.text(cash.reason or "Cash is not accepted at the moment.")
    return Content(
        PageKind.QUESTION,
        scene.text("There is no change. Do you agree?"),
        scene.text(
            "Everything you insert goes to account {tail}. What is above {due} stays there as an advance.",
            tail=account_tail(card.number),
            due=place.due,
        ),
        step=(4, 4),
        notices=(Notice(Tone.WARNING, reason),) if reason else (),
        figures=(Figure("due", scene.text("To pay"), str(place.due), strong=True),),
        buttons=(
            scene.primary(elements.AGREE, scene.text("I agree, insert notes"), enabled=cash.offered),
            scene.back(),
            scene.exit(),
        ),
    )


def _offer(scene: Scene, card: AccountCard, amount: Money) -> Button:
    if amount == card.due:
        detail = scene.text("exactly what is due")
    elif card.due.kopecks > 0 and amount > card.due:
        detail = scene.text("{extra} of it in advance", extra=amount - card.due)
    else:
        detail = ""
    return scene.choice(amount_element(amount), str(amount), detail=detail)


def _limits(scene: Scene, card: AccountCard) -> tuple[Notice, ...]:
    notices = [
        Notice(
            Tone.INFO,
            scene.text(
                "The terminal takes notes only and gives no change. What is over stays on your account as an "
                "advance."
            ),
        )
    ]
    if card.due > scene.surroundings.maximum:
        notices.append(
            Notice(
                Tone.INFO,
                scene.text(
                    "One payment is at most {high}. The rest can be paid in a second one.",
                    high=scene.surroundings.maximum,
                ),
            )
        )
    return tuple(notices)


def _trouble_text(scene: Scene, trouble: AmountTrouble) -> str:
    match trouble:
        case AmountTrouble.EMPTY:
            return scene.text("Please enter an amount.")
        case AmountTrouble.TOO_SMALL:
            return scene.text("The smallest payment is {low}.", low=scene.surroundings.minimum)
        case AmountTrouble.TOO_LARGE:
            return scene.text("The largest payment is {high}.", high=scene.surroundings.maximum)
        case _:
            assert_never(trouble)
