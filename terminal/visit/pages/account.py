"""Pages from the account number to the account card."""

from __future__ import annotations

from typing import assert_never

from contracts.pages import Button, EntryField, Notice, PageKind, Row, Tone
from terminal.accounts.account import AccountCard, AccountState
from terminal.metering.acceptance import obstacle
from terminal.metering.acceptance_dates import closes_on, opens_on
from terminal.visit import elements
from terminal.visit.amounts import payable
from terminal.visit.destinations import AccountEntry, AccountTrouble
from terminal.visit.pages.meter_words import reading_text, register_name, unread_meters
from terminal.visit.pages.money_words import due_text, pay_label
from terminal.visit.pages.scene import Content, Scene
from terminal.visit.state import Purpose
from terminal.visit.wording import account_tail, day_text, grouped_account, period_text


def account_entry(scene: Scene, place: AccountEntry) -> Content:
    """The keypad for the account number."""
    digits = scene.surroundings.account_digits
    return Content(
        PageKind.ACCOUNT_ENTRY,
        scene.text("What is your account number?"),
        step=(1, steps_of(scene)),
        field=EntryField(
            "account", scene.text("Account number"), grouped_account(place.typed), digits,
            hint=scene.plural(
                "{count} digit at the top of your bill", "{count} digits at the top of your bill", digits),
            error="" if place.trouble is None else _trouble_text(scene, place.trouble),
        ),
        buttons=(scene.primary(elements.NEXT, scene.text("Find the account")), scene.back(), scene.exit()),
    )


def account_searching(scene: Scene) -> Content:
    return Content(
        PageKind.WAIT, scene.text("Looking for your account"), scene.text("This takes a few seconds."),
        busy=True)


def account_card(scene: Scene, card: AccountCard) -> Content:
    """Whose account it is, what is owed, what was read and paid last, and what the client should know."""
    return Content(
        PageKind.ACCOUNT_CARD,
        scene.text("Is this your account?"),
        scene.text("Account {tail}, {company}", tail=account_tail(card.number), company=card.company_name),
        step=(2, steps_of(scene)),
        notices=_reminders(scene, card),
        rows=_rows(scene, card),
        buttons=(*_services(scene, card), scene.back(), scene.exit()),
    )


def steps_of(scene: Scene) -> int:
    """Steps of what the client came for: the balance is seen in two, everything else takes four."""
    return 2 if scene.visit.purpose is Purpose.BALANCE else 4


def _trouble_text(scene: Scene, trouble: AccountTrouble) -> str:
    match trouble:
        case AccountTrouble.INCOMPLETE:
            return scene.plural("The number has {count} digit. Please enter all of it.",
                                "The number has {count} digits. Please enter all of them.",
                                scene.surroundings.account_digits)
        case AccountTrouble.WRONG_NUMBER:
            return scene.text("One of the digits does not fit. Please compare the number with your bill.")
        case AccountTrouble.NOT_FOUND:
            return scene.text("There is no account with this number. Please compare it with your bill.")
        case AccountTrouble.CLOSED:
            return scene.text("This account is closed. Please call {phone}.", phone=scene.phone)
        case AccountTrouble.BLOCKED:
            return scene.text(
                "This account is served at our office only. Please call {phone}.", phone=scene.phone
            )
        case AccountTrouble.AMBIGUOUS:
            return scene.text("Several accounts fit. Please call {phone}.", phone=scene.phone)
        case AccountTrouble.HOST_SILENT:
            return scene.text("The supplier does not answer. Please try again in a minute.")
        case _:
            assert_never(trouble)


def _rows(scene: Scene, card: AccountCard) -> tuple[Row, ...]:
    rows = [Row(scene.text("Holder"), card.holder), Row(scene.text("Address"), card.address)]
    rows += [Row(service.name, due_text(scene, service.due)) for service in card.services]
    rows.append(
        Row(
            scene.text("To pay for {period}", period=period_text(card.period)),
            due_text(scene, card.due),
            strong=True,
        )
    )
    for meter in card.meters:
        rows += [
            Row(
                scene.text(
                    "Meter {serial}, {zone}", serial=meter.serial, zone=register_name(scene, meter, register)
                ),
                reading_text(scene, meter, register),
            )
            for register in meter.registers
        ]
    if card.last_payment is not None and card.last_payment_on is not None:
        rows.append(Row(scene.text("Last payment"), f"{card.last_payment}, {day_text(card.last_payment_on)}"))
    return tuple(rows)


def _reminders(scene: Scene, card: AccountCard) -> tuple[Notice, ...]:
    notices: list[Notice] = []
    if card.state is AccountState.BLOCKED:
        text = scene.text(
            "This account can be paid at our office only. Please call {phone}.", phone=scene.phone
        )
        notices.append(Notice(Tone.WARNING, text))
    if card.due.kopecks > 0:
        notices.append(
            Notice(Tone.WARNING, scene.text("There is {amount} to pay on the account.", amount=card.due))
        )
    notices += unread_meters(scene, card)
    dates = _dates_text(scene, card)
    return (*notices, Notice(Tone.INFO, dates)) if dates else tuple(notices)


def _dates_text(scene: Scene, card: AccountCard) -> str:
    today = scene.surroundings.today
    if all(obstacle(meter, today) is not None for meter in card.meters):
        return ""
    closing, opening = closes_on(card.window, today), opens_on(card.window, today)
    if closing is not None:
        return scene.plural(
            "Readings are taken until {day}: {count} day left, counting today.",
            "Readings are taken until {day}: {count} days left, counting today.",
            (closing - today).days + 1, day=day_text(closing))
    if opening is not None and opening > today:
        return scene.text("Readings are taken again from {day}.", day=day_text(opening))
    return ""


def _services(scene: Scene, card: AccountCard) -> tuple[Button, ...]:
    can_pay = payable(card, scene.surroundings)
    why_not = "" if can_pay else scene.text(scene.surroundings.cash.reason)
    pay = pay_label(scene, card.due)
    readings = scene.text("Give meter readings")
    match scene.visit.purpose:
        case Purpose.PAY:
            return (scene.primary(elements.PAY, pay, enabled=can_pay, detail=why_not),
                    scene.choice(elements.READINGS, readings, icon="meter"))
        case Purpose.READINGS:
            return (scene.primary(elements.READINGS, readings),
                    scene.choice(elements.PAY, pay, enabled=can_pay, detail=why_not, icon="cash"))
        case Purpose.BALANCE:
            return (scene.choice(elements.PAY, pay, enabled=can_pay, detail=why_not, icon="cash"),
                    scene.choice(elements.READINGS, readings, icon="meter"))
        case _:
            assert_never(scene.visit.purpose)
