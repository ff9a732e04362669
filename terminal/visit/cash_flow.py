"""From the amount to the outcome of a cash payment: what a touch or a report of the payment means there.

Money is never left behind: once a note is in, every way out of these places ends the tender, and that credits
it.
"""

from __future__ import annotations

from dataclasses import replace

from contracts import pages
from contracts.money import ZERO, Money
from terminal.accounts.account import AccountCard
from terminal.visit import elements
from terminal.visit.amounts import TYPED_AT_MOST, judge_amount, offered_amounts
from terminal.visit.context import Surroundings
from terminal.visit.destinations import (
    AccountShown,
    AfterTender,
    AmountChoice,
    AmountTrouble,
    AmountTyping,
    CashEnding,
    CashLeaving,
    CashOpening,
    Consent,
    InsertCash,
    Outcome,
    PaymentNotBegun,
)
from terminal.visit.effects import BeginCash, EndTender
from terminal.visit.elements import amount_element
from terminal.visit.events import (
    CashProgress,
    CashStage,
    HostSilent,
    PaymentEnded,
    PaymentRefused,
    VisitEvent,
)
from terminal.visit.keypad import is_key, press
from terminal.visit.language import msgid
from terminal.visit.state import Step, Visit, go, leave, look_up, stay

HOST_SILENT = msgid("There is no connection with the supplier at the moment.")


def touch_amount(visit: Visit, card: AccountCard, element: str, surroundings: Surroundings) -> Step:
    """One of the offered amounts, or another one."""
    match element:
        case elements.OTHER_AMOUNT:
            return go(visit, AmountTyping())
        case pages.BACK:
            return go(visit, AccountShown())
        case pages.EXIT:
            return leave(surroundings)
        case _:
            offered = offered_amounts(card, surroundings)
            chosen = next((each for each in offered if amount_element(each) == element), None)
            return stay(visit) if chosen is None else go(visit, Consent(chosen))


def touch_typing(visit: Visit, place: AmountTyping, element: str, surroundings: Surroundings) -> Step:
    """The keypad, or the amount typed."""
    if is_key(element):
        return go(visit, AmountTyping(press(place.typed, element, TYPED_AT_MOST)))
    match element:
        case elements.NEXT:
            amount = judge_amount(place.typed, surroundings)
            if isinstance(amount, AmountTrouble):
                return go(visit, AmountTyping(place.typed, amount))
            return go(visit, Consent(amount))
        case pages.BACK:
            return go(visit, AmountChoice())
        case pages.EXIT:
            return leave(surroundings)
        case _:
            return stay(visit)


def touch_consent(visit: Visit, place: Consent, element: str, surroundings: Surroundings) -> Step:
    """Agreed: the payment begins, if notes are still taken."""
    match element:
        case elements.AGREE if surroundings.cash.offered:
            return go(visit, CashOpening(place.due), BeginCash(place.due))
        case pages.BACK:
            return go(visit, AmountChoice())
        case pages.EXIT:
            return leave(surroundings)
        case _:
            return stay(visit)


def touch_insert(visit: Visit, place: InsertCash, element: str) -> Step:
    """Before the first note back or out, after it only to the end of the tender."""
    inserted = place.progress.inserted
    match element:
        case elements.FINISH if inserted and inserted < place.due and not place.progress.acceptor_out:
            return go(visit, CashLeaving(place.due, place.progress))
        case elements.FINISH if inserted:
            return end_tender(visit, place.due, inserted, AfterTender.EXIT)
        case pages.BACK if not inserted:
            return end_tender(visit, place.due, inserted, AfterTender.BACK)
        case pages.EXIT if not inserted:
            return end_tender(visit, place.due, inserted, AfterTender.EXIT)
        case _:
            return stay(visit)


def touch_leaving(visit: Visit, place: CashLeaving, element: str) -> Step:
    """Less than the due amount is in: end here, or go on."""
    match element:
        case elements.FINISH:
            return end_tender(visit, place.due, place.progress.inserted, AfterTender.EXIT)
        case elements.MORE | pages.BACK:
            return go(visit, InsertCash(place.due, place.progress))
        case _:
            return stay(visit)


def touch_end(
    visit: Visit, place: Outcome | PaymentNotBegun, element: str, surroundings: Surroundings,
) -> Step:
    """The payment is over; the same account, if it is still known, is there for more."""
    match element:
        case elements.ACCOUNT if isinstance(place, Outcome) and visit.card is not None:
            return look_up(visit, visit.card.number)
        case pages.BACK if isinstance(place, PaymentNotBegun) and visit.card is not None:
            return go(visit, AccountShown())
        case pages.EXIT:
            return leave(surroundings)
        case _:
            return stay(visit)


def opened(visit: Visit, place: CashOpening, event: VisitEvent) -> Step:
    """The acceptor takes notes now, or the payment could not begin."""
    match event:
        case CashProgress(stage=CashStage.OPENING, inserted=inserted) if (
            not inserted and not event.acceptor_out
        ):
            return stay(visit)
        case CashProgress():
            return go(visit, InsertCash(place.due, event))
        case PaymentRefused(reason):
            return go(visit, PaymentNotBegun(reason))
        case HostSilent():
            return go(visit, PaymentNotBegun(HOST_SILENT))
        case PaymentEnded():
            return go(visit, Outcome(place.due, event))
        case _:
            return stay(visit)


def moved(visit: Visit, place: InsertCash | CashLeaving, event: VisitEvent) -> Step:
    """A note came or did not stay, or the payment ended by itself. More money answers the question."""
    match event:
        case CashProgress() if isinstance(place, CashLeaving) and not _asks_attention(place.progress, event):
            return go(visit, replace(place, progress=event))
        case CashProgress():
            return go(visit, InsertCash(place.due, event))
        case PaymentRefused(reason) if not place.progress.inserted:
            return go(visit, PaymentNotBegun(reason))
        case PaymentEnded():
            return go(visit, Outcome(place.due, event))
        case _:
            return stay(visit)


def ended(visit: Visit, place: CashEnding, event: VisitEvent, surroundings: Surroundings) -> Step:
    """The tender is over: an outcome when there was money, else where the client wanted to go."""
    match event:
        case CashProgress(inserted=inserted):
            return go(visit, replace(place, inserted=inserted))
        case PaymentEnded():
            return go(visit, Outcome(place.due, event))
        case PaymentRefused(reason) if reason:
            return go(visit, PaymentNotBegun(reason))
        case PaymentRefused() if place.after is AfterTender.BACK and visit.card is not None:
            return go(visit, AmountChoice())
        case PaymentRefused():
            return leave(surroundings)
        case _:
            return stay(visit)


def end_tender(visit: Visit, due: Money, inserted: Money, after: AfterTender) -> Step:
    """No more notes: what is in will be credited."""
    return go(visit, CashEnding(due, after, inserted or ZERO), EndTender())


def _asks_attention(before: CashProgress, now: CashProgress) -> bool:
    """Whether the client must see the page of the notes again."""
    return (
        now.inserted != before.inserted
        or now.acceptor_out != before.acceptor_out
        or now.trouble != before.trouble
    )
