"""A cash payment from amount to outcome: the money is never left behind, and its place is always told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.money import Money
from contracts.pages import BACK, EXIT, PageKind
from terminal.visit.context import Offer
from terminal.visit.destinations import (
    AfterTender,
    AmountTrouble,
    AmountTyping,
    CashEnding,
    Consent,
    Destination,
    InsertCash,
)
from terminal.visit.effects import BeginCash, EndTender, Forget
from terminal.visit.elements import AGREE, FINISH, MORE, NEXT, OTHER_AMOUNT, amount_element
from terminal.visit.events import (
    CashProgress,
    CashStage,
    Certainty,
    HostSilent,
    NoteTrouble,
    PaymentEnded,
    PaymentRefused,
    Touched,
    VisitEvent,
)
from tests.support.flow_steps import FlowStep, page_text
from tests.support.visit_cash import DUE, accepting, at_amount, at_insert
from tests.support.visit_samples import BROKEN, NO_CASH, in_advance, legal_entity

ZERO = Money(0)
AMOUNT, QUESTION, INSERT, WAIT = PageKind.AMOUNT, PageKind.QUESTION, PageKind.INSERT_CASH, PageKind.WAIT
PAID = PaymentEnded(Money.rubles(1_500), Certainty.YES, Certainty.YES, "OP-9")


def test_a_debt_is_paid_in_full_and_the_rest_is_an_advance() -> None:
    player = at_amount()
    player.play(
        FlowStep(AMOUNT, says="1 234,56 ₽", touch=amount_element(DUE)),
        FlowStep(QUESTION, says="Сдачи нет", touch=AGREE, asks=BeginCash(DUE), answer=accepting()),
        FlowStep(INSERT, says="Принимаем 50, 100, 200, 500, 1 000, 2 000, 5 000 ₽", answer=accepting(1_000)),
        FlowStep(INSERT, says="234,56 ₽", answer=accepting(1_500)),
        FlowStep(INSERT, says="265,44 ₽", touch=FINISH, asks=EndTender()),
        FlowStep(WAIT, says="Зачисляем 1 500 ₽", answer=PAID),
        FlowStep(PageKind.OUTCOME, says="Оплачено 1 500 ₽"),
        FlowStep(PageKind.OUTCOME, says="OP-9"),
        FlowStep(PageKind.OUTCOME, says="265,44 ₽", touch=EXIT, asks=Forget()),
        FlowStep(PageKind.START),
    )


def test_amounts_are_the_debt_and_what_notes_make_of_it() -> None:
    names = [each.name for each in at_amount().page.buttons]
    assert names[:4] == [amount_element(DUE), amount_element(Money.rubles(1_250)),
                         amount_element(Money.rubles(1_500)), OTHER_AMOUNT]


def test_without_a_debt_round_advances_are_offered() -> None:
    page = at_amount(in_advance()).page
    assert [each.name for each in page.buttons[:3]] == [amount_element(Money.rubles(each)) for each in
                                                        (500, 1_000, 2_000)]
    assert page.figures[0].value.replace("\u00a0", " ") == "150 ₽"


def test_a_debt_above_the_limit_is_paid_in_parts() -> None:
    page = at_amount(legal_entity()).page
    assert page.buttons[0].name == amount_element(Money.rubles(15_000))
    assert "Один платёж — не больше 15 000 ₽" in page_text(page)


def test_another_amount_is_typed_in_whole_rubles_within_the_limits() -> None:
    player = at_amount()
    player.change(minimum=Money.rubles(10))
    player.play(
        FlowStep(AMOUNT, touch=OTHER_AMOUNT),
        FlowStep(AMOUNT, touch=NEXT),
        FlowStep(AMOUNT, says="Введите сумму.", keys="9", touch=NEXT),
        FlowStep(AMOUNT, says="Наименьший платёж — 10 ₽.", keys="9999", touch=NEXT),
        FlowStep(AMOUNT, says="Наибольший платёж — 15 000 ₽.", touch="key-clear"),
        FlowStep(AMOUNT, keys="700", touch=NEXT),
        FlowStep(QUESTION, says="700 ₽", touch=AGREE, asks=BeginCash(Money.rubles(700))),
    )


@pytest.mark.parametrize(("typed", "answer"), [
    ("1", Consent(Money.rubles(1))), ("15000", Consent(Money.rubles(15_000))),
    ("0", AmountTyping("0", AmountTrouble.TOO_SMALL)), ("15001", AmountTyping("15001", AmountTrouble.TOO_LARGE)),
])
def test_the_limits_themselves_can_be_paid(typed: str, answer: Destination) -> None:
    player = at_amount()
    player.play(FlowStep(AMOUNT, touch=OTHER_AMOUNT), FlowStep(AMOUNT, keys=typed, touch=NEXT))
    assert player.visit.destination == answer


def test_consent_can_be_withheld() -> None:
    at_amount().play(
        FlowStep(AMOUNT, touch=amount_element(DUE)),
        FlowStep(QUESTION, touch=BACK),
        FlowStep(AMOUNT, touch=BACK),
        FlowStep(PageKind.ACCOUNT_CARD),
    )


def test_when_notes_are_no_longer_taken_consent_leads_nowhere() -> None:
    player = at_amount()
    player.touch(amount_element(DUE))
    player.change(cash=Offer(False, NO_CASH))
    agree = player.page.button(AGREE)
    assert agree is not None
    assert not agree.enabled
    player.hear(Touched(AGREE))
    assert player.visit.destination == Consent(DUE)
    assert "Сейчас терминал не принимает наличные." in page_text(player.page)


@pytest.mark.parametrize(("answer", "said"), [
    (PaymentRefused(NO_CASH), "Сейчас терминал не принимает наличные."), (HostSilent(), "Сейчас нет связи"),
])
def test_a_payment_that_does_not_begin_says_that_no_money_was_taken(answer: VisitEvent, said: str) -> None:
    player = at_amount()
    player.play(
        FlowStep(AMOUNT, touch=amount_element(DUE)),
        FlowStep(QUESTION, touch=AGREE, asks=BeginCash(DUE), answer=answer),
        FlowStep(PageKind.OUTCOME, says=said),
        FlowStep(PageKind.OUTCOME, says="Деньги у вас не взяты.", touch=BACK),
        FlowStep(PageKind.ACCOUNT_CARD),
    )


def test_before_the_first_note_the_client_may_go_back() -> None:
    at_insert().play(
        FlowStep(INSERT, touch=BACK, asks=EndTender()),
        FlowStep(WAIT, answer=PaymentRefused("")),
        FlowStep(AMOUNT),
    )


def test_before_the_first_note_the_client_may_leave() -> None:
    player = at_insert()
    player.play(FlowStep(INSERT, touch=EXIT, asks=EndTender()), FlowStep(WAIT))
    player.hear(PaymentRefused(""))
    assert player.asked[-1] == Forget()
    player.play(FlowStep(PageKind.START))


def test_a_note_that_comes_while_leaving_is_credited() -> None:
    player = at_insert()
    player.play(
        FlowStep(INSERT, touch=EXIT, asks=EndTender()),
        FlowStep(WAIT, answer=CashProgress(Money.rubles(500), CashStage.CLOSING)),
        FlowStep(WAIT, says="Зачисляем 500 ₽",
                 answer=PaymentEnded(Money.rubles(500), Certainty.LATER, Certainty.YES)),
        FlowStep(PageKind.OUTCOME, says="Сегодня мы передадим их поставщику."),
    )


def test_after_the_first_note_the_only_way_out_credits_it() -> None:
    page = at_insert(accepting(500)).page
    assert page.button(EXIT) is None
    assert page.button(BACK) is None
    finish = page.button(FINISH)
    assert finish is not None
    assert finish.label.replace("\u00a0", " ") == "Зачислить 500 ₽"


@pytest.mark.parametrize(("due", "label"), [(499, "Готово"), (500, "Готово"), (501, "Зачислить 500 ₽")])
def test_the_way_out_says_whether_all_is_in(due: int, label: str) -> None:
    player = at_insert(accepting(500))
    player.visit = replace(player.visit, destination=InsertCash(Money.rubles(due), accepting(500)))
    finish = player.page.button(FINISH)
    assert finish is not None
    assert finish.label.replace("\u00a0", " ") == label


@pytest.mark.parametrize("stray", [Touched(EXIT), Touched(BACK), PaymentRefused(""), PaymentRefused(NO_CASH)])
def test_nothing_stray_leads_away_from_inserted_money(stray: VisitEvent) -> None:
    player = at_insert(accepting(500))
    asked = list(player.asked)
    player.hear(stray)
    assert player.visit.destination == InsertCash(DUE, accepting(500))
    assert player.asked == asked


def test_less_than_due_is_asked_about_before_it_ends() -> None:
    at_insert(accepting(500)).play(
        FlowStep(INSERT, touch=FINISH),
        FlowStep(QUESTION, says="не хватает 734,56 ₽", touch=MORE),
        FlowStep(INSERT, touch=FINISH),
        FlowStep(QUESTION, touch=FINISH, asks=EndTender()),
        FlowStep(WAIT),
    )


def test_a_note_inserted_at_the_question_answers_it() -> None:
    player = at_insert(accepting(500))
    player.touch(FINISH)
    player.hear(CashProgress(Money.rubles(500), CashStage.NOTE_MOVING))
    assert player.page.kind is QUESTION
    player.hear(accepting(1_500))
    assert player.visit.destination == InsertCash(DUE, accepting(1_500))


def test_while_a_note_moves_the_way_out_is_locked() -> None:
    page = at_insert(CashProgress(Money.rubles(500), CashStage.NOTE_MOVING)).page
    finish = page.button(FINISH)
    assert finish is not None
    assert not finish.enabled
    assert page.busy


@pytest.mark.parametrize(("trouble", "said"), [
    (NoteTrouble.REJECTED, "Расправьте её или вставьте другую. Внесено: 500 ₽."),
    (NoteTrouble.TOO_LARGE, "Купюра слишком крупная"),
    (NoteTrouble.RETURNED, "Терминал вернул купюру. Заберите её."),
])
def test_a_note_that_did_not_stay_is_explained(trouble: NoteTrouble, said: str) -> None:
    assert said in page_text(at_insert(accepting(500, trouble)).page)


def test_a_disputed_note_gets_a_number_and_a_phone() -> None:
    disputed = CashProgress(
        Money.rubles(500), CashStage.ACCEPTING, NoteTrouble.DISPUTED, case="T-0001-000123", disputed=Money.rubles(1000)
    )
    text = page_text(at_insert(disputed).page)
    assert "купюра 1 000 ₽" in text
    assert "T-0001-000123" in text
    assert "8 800 100-00-00" in text


def test_when_the_acceptor_fails_the_money_is_safe_and_credited_without_a_question() -> None:
    at_insert(accepting(500, out=True)).play(
        FlowStep(INSERT, says="Внесённые 500 ₽ в сохранности", touch=FINISH, asks=EndTender()),
        FlowStep(WAIT),
    )


def test_when_the_acceptor_fails_before_the_first_note_nothing_was_taken() -> None:
    at_insert(accepting(0, out=True)).play(
        FlowStep(INSERT, says="Деньги у вас не взяты.", touch=EXIT, asks=EndTender()))


def test_out_of_service_never_interrupts_inserted_money() -> None:
    player = at_insert(accepting(500))
    player.change(out_of_service=BROKEN, cash=Offer(False, NO_CASH))
    player.play(
        FlowStep(INSERT, touch=FINISH), FlowStep(QUESTION, touch=FINISH, asks=EndTender(), answer=PAID)
    )
    assert player.page.kind is PageKind.OUTCOME


def test_a_payment_that_the_service_ends_by_itself_has_its_outcome() -> None:
    player = at_insert(accepting(500))
    player.hear(PaymentEnded(Money.rubles(500), Certainty.YES, Certainty.YES))
    assert player.page.kind is PageKind.OUTCOME


def test_a_second_touch_of_finish_asks_nothing_twice() -> None:
    player = at_insert(accepting(1_500))
    player.touch(FINISH)
    assert player.visit.destination == CashEnding(DUE, AfterTender.EXIT, Money.rubles(1_500))
    assert player.page.button(FINISH) is None
