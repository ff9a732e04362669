"""Brings a visit to the amount, and to the page where notes are inserted."""

from __future__ import annotations

from contracts.money import Money
from contracts.pages import PageKind
from terminal.accounts.account import AccountCard
from terminal.visit.effects import BeginCash, LookUp
from terminal.visit.elements import AGREE, NEXT, PAY, amount_element
from terminal.visit.events import AccountFound, CashProgress, CashStage, NoteTrouble
from tests.support.flow_steps import FlowStep, VisitPlayer
from tests.support.visit_samples import NUMBER, debtor, terminal_now

DUE = Money(1_234_56)


def accepting(rubles: int = 0, trouble: NoteTrouble = NoteTrouble.NONE, *, out: bool = False) -> CashProgress:
    return CashProgress(Money.rubles(rubles), CashStage.ACCEPTING, trouble, out)


def at_amount(card: AccountCard | None = None) -> VisitPlayer:
    player = VisitPlayer(terminal_now())
    player.play(
        FlowStep(PageKind.START, touch=PAY),
        FlowStep(PageKind.ACCOUNT_ENTRY, keys=NUMBER, touch=NEXT, asks=LookUp(NUMBER),
                 answer=AccountFound(card or debtor())),
        FlowStep(PageKind.ACCOUNT_CARD, touch=PAY),
    )
    return player


def at_insert(*progress: CashProgress) -> VisitPlayer:
    player = at_amount()
    player.play(
        FlowStep(PageKind.AMOUNT, touch=amount_element(DUE)),
        FlowStep(PageKind.QUESTION, touch=AGREE, asks=BeginCash(DUE)),
        FlowStep(PageKind.WAIT, answer=CashProgress(Money(0), CashStage.OPENING)),
        FlowStep(PageKind.WAIT, answer=accepting()),
    )
    for each in progress:
        player.hear(each)
    return player
