"""How payments end: what happened, where the money is, what to do, a number and a phone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.money import Money
from contracts.pages import EXIT, PageKind
from terminal.visit.destinations import AfterTender, CashEnding, InsertCash
from terminal.visit.effects import EndTender, Forget, LookUp
from terminal.visit.elements import ACCOUNT, FINISH
from terminal.visit.events import (
    AccountFound,
    CashProgress,
    CashStage,
    Certainty,
    PaymentEnded,
    PaymentRefused,
)
from terminal.visit.state import begin
from tests.support.flow_steps import FlowStep, VisitPlayer, page_text
from tests.support.visit_cash import DUE, accepting, at_insert
from tests.support.visit_samples import NO_CASH, NUMBER, in_advance, terminal_now

ZERO = Money(0)
INSERT, WAIT = PageKind.INSERT_CASH, PageKind.WAIT
PAID = PaymentEnded(Money.rubles(1_500), Certainty.YES, Certainty.YES, "OP-9")


@pytest.mark.parametrize(
    ("ended", "kind", "said"),
    [
        (
            PaymentEnded(DUE, Certainty.YES, Certainty.LATER, qr="t=1"),
            PageKind.OUTCOME,
            "Сфотографируйте код",
        ),
        (PaymentEnded(DUE, Certainty.YES, Certainty.LATER), PageKind.OUTCOME, "Чтобы получить его позже"),
        (PaymentEnded(DUE, Certainty.YES, Certainty.UNKNOWN, case="C-1"), PageKind.UNKNOWN_OUTCOME, "C-1"),
        (
            PaymentEnded(DUE, Certainty.YES, Certainty.REFUSED, case="C-1"),
            PageKind.UNKNOWN_OUTCOME,
            "Чек оформить не",
        ),
        (
            PaymentEnded(DUE, Certainty.UNKNOWN, Certainty.YES, case="C-2"),
            PageKind.UNKNOWN_OUTCOME,
            "Не платите второй раз.",
        ),
        (
            PaymentEnded(DUE, Certainty.REFUSED, Certainty.YES, case="C-3"),
            PageKind.UNKNOWN_OUTCOME,
            "не зачислил",
        ),
        (
            PaymentEnded(DUE, Certainty.YES, Certainty.YES, case="C-4", disputed=Money.rubles(500)),
            PageKind.UNKNOWN_OUTCOME,
            "Пока неизвестно, остались ли 500 ₽ в терминале",
        ),
    ],
)
def test_every_end_says_what_is_certain(ended: PaymentEnded, kind: PageKind, said: str) -> None:
    player = at_insert(accepting(2_000))
    player.play(FlowStep(INSERT, touch=FINISH, asks=EndTender(), answer=ended), FlowStep(kind, says=said))
    assert player.page.qr == ended.qr
    if kind is PageKind.UNKNOWN_OUTCOME:
        assert "8 800 100-00-00" in page_text(player.page)
        assert ended.case in page_text(player.page)


def test_only_a_disputed_note_leaves_no_word_of_a_transfer() -> None:
    player = at_insert()
    player.hear(PaymentEnded(ZERO, Certainty.YES, Certainty.YES, case="C-5", disputed=Money.rubles(1_000)))
    text = page_text(player.page)
    assert "Деньги переданы" not in text
    assert "Возьмите чек" not in text


def test_after_the_payment_the_account_is_looked_up_anew_without_typing() -> None:
    at_insert(accepting(1_500)).play(
        FlowStep(INSERT, touch=FINISH, asks=EndTender(), answer=PAID),
        FlowStep(PageKind.OUTCOME, touch=ACCOUNT, asks=LookUp(NUMBER)),
        FlowStep(WAIT, answer=AccountFound(in_advance())),
        FlowStep(PageKind.ACCOUNT_CARD, says="аванс 150 ₽"),
    )


def resumed() -> VisitPlayer:
    """The service has come back with money in and no card: the client still stands there."""
    player = VisitPlayer(terminal_now())
    place = InsertCash(DUE, CashProgress(Money.rubles(500), CashStage.OPENING))
    player.visit = replace(begin(player.surroundings), destination=place)
    return player


def test_a_payment_resumed_without_its_account_still_has_its_outcome() -> None:
    resumed().play(
        FlowStep(INSERT, says="500 ₽", answer=accepting(1_500)),
        FlowStep(INSERT, touch=FINISH, asks=EndTender(), answer=PAID),
        FlowStep(PageKind.OUTCOME, says="Оплачено 1 500 ₽", touch=EXIT, asks=Forget()),
        FlowStep(PageKind.START),
    )


def test_a_resumed_payment_that_is_refused_can_only_be_left() -> None:
    player = resumed()
    player.visit = replace(player.visit, destination=CashEnding(DUE, AfterTender.BACK))
    player.hear(PaymentRefused(NO_CASH))
    player.play(FlowStep(PageKind.OUTCOME, touch=EXIT, asks=Forget()), FlowStep(PageKind.START))


def test_without_an_account_there_is_no_way_back_to_the_amount() -> None:
    player = resumed()
    player.visit = replace(player.visit, destination=CashEnding(DUE, AfterTender.BACK))
    player.hear(PaymentRefused(""))
    assert player.asked == [Forget()]
    assert player.page.kind is PageKind.START
