"""From the first page to the account card: every way in, every refusal, and the way out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.pages import BACK, EXIT, LANGUAGE, PageKind
from terminal.accounts.account import AccountCard, LookupRefusal
from terminal.visit.context import Offer
from terminal.visit.destinations import AccountSearching, Start
from terminal.visit.effects import Forget, LookUp
from terminal.visit.elements import BALANCE, NEXT, PAY, READINGS
from terminal.visit.events import AccountFound, AccountRefused, HostSilent, Touched, VisitEvent
from terminal.visit.state import begin
from tests.support.flow_steps import FlowStep, VisitPlayer, page_text
from tests.support.visit_samples import (
    BROKEN,
    EXPIRED,
    NO_CASH,
    NO_HOST,
    NUMBER,
    OTHER_NUMBER,
    REMOTE,
    REPLACED,
    blocked,
    closed,
    debtor,
    in_advance,
    legal_entity,
    terminal_now,
)


def at_search(choice: str = BALANCE) -> VisitPlayer:
    player = VisitPlayer(terminal_now())
    player.play(
        FlowStep(PageKind.START, touch=choice),
        FlowStep(PageKind.ACCOUNT_ENTRY, keys=NUMBER, touch=NEXT, asks=LookUp(NUMBER)),
    )
    assert player.page.kind is PageKind.WAIT
    assert player.page.busy
    return player


def at_card(card: AccountCard, choice: str = BALANCE) -> VisitPlayer:
    player = at_search(choice)
    player.hear(AccountFound(card))
    assert player.page.kind is PageKind.ACCOUNT_CARD
    return player


def test_the_balance_takes_two_touches_and_a_number() -> None:
    player = at_card(debtor())
    text = page_text(player.page)
    for said in (
        "И****в П. С.",
        "ул. Л****я, д. 12, кв. **",
        "1 234,56 ₽",
        "Отопление",
        "234,50 ₽",
        "04521 кВт·ч",
        "20.10.2026",
        "980 ₽, 12.10.2026",
        "10.2026",
        f"…{NUMBER[-4:]}",
    ):
        assert said in text
    assert NUMBER not in text


def test_the_card_reminds_of_debt_and_of_the_reading_dates() -> None:
    text = page_text(at_card(debtor()).page)
    assert "К оплате по счёту 1 234,56 ₽." in text
    assert "Показания принимаем до 25.11.2026: осталось 6 дней, считая сегодня." in text


def test_outside_the_dates_the_card_says_when_readings_are_taken_again() -> None:
    player = at_card(debtor())
    player.change(today=terminal_now().today.replace(day=27))
    assert "Показания снова принимаем с 15.12.2026." in page_text(player.page)


def test_an_advance_is_called_an_advance() -> None:
    player = at_card(in_advance())
    assert "аванс 150 ₽" in page_text(player.page)
    pay = player.page.button(PAY)
    assert pay is not None
    assert pay.label == "Внести аванс"


def test_meters_that_are_not_read_by_the_client_are_told_on_the_card() -> None:
    text = page_text(at_card(debtor(REMOTE, REPLACED, EXPIRED)).page)
    assert "передаёт показания сам" in text
    assert "заменён" in text
    assert "истёк срок поверки" in text
    assert "Показания принимаем до" not in text


def test_a_legal_entity_is_served() -> None:
    assert "ООО «Ромашка»" in page_text(at_card(legal_entity()).page)


def test_a_blocked_account_is_shown_but_not_paid() -> None:
    player = at_card(blocked())
    pay = player.page.button(PAY)
    assert pay is not None
    assert not pay.enabled
    assert "только в офисе" in page_text(player.page)


@pytest.mark.parametrize(("answer", "said"), [
    (AccountRefused(LookupRefusal.NOT_FOUND), "не найден"),
    (AccountRefused(LookupRefusal.CLOSED), "закрыт"),
    (AccountRefused(LookupRefusal.BLOCKED), "только в офисе"),
    (AccountRefused(LookupRefusal.WRONG_NUMBER), "Одна из цифр не подходит"),
    (AccountRefused(LookupRefusal.AMBIGUOUS), "несколько счетов"),
    (HostSilent(), "Попробуйте ещё раз через минуту"),
    (AccountFound(closed()), "закрыт"),
])
def test_a_refusal_keeps_the_number_and_says_why(answer: VisitEvent, said: str) -> None:
    player = at_search()
    player.hear(answer)
    page = player.page
    assert page.kind is PageKind.ACCOUNT_ENTRY
    assert page.field is not None
    assert said in page.field.error
    assert page.field.value.replace("\u00a0", "") == NUMBER
    player.play(FlowStep(PageKind.ACCOUNT_ENTRY, touch=NEXT, asks=LookUp(NUMBER)))


def test_a_slip_of_the_finger_is_found_without_asking_the_host() -> None:
    wrong = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)
    player = VisitPlayer(terminal_now())
    player.play(
        FlowStep(PageKind.START, touch=PAY),
        FlowStep(PageKind.ACCOUNT_ENTRY, keys=NUMBER[:7], touch=NEXT),
        FlowStep(PageKind.ACCOUNT_ENTRY, says="В номере 10 цифр", touch="key-clear"),
        FlowStep(PageKind.ACCOUNT_ENTRY, keys=wrong, touch=NEXT),
        FlowStep(PageKind.ACCOUNT_ENTRY, says="Одна из цифр не подходит", touch="key-erase"),
        FlowStep(PageKind.ACCOUNT_ENTRY, keys=NUMBER[-1], touch=NEXT, asks=LookUp(NUMBER)),
    )


def test_more_digits_than_a_number_has_are_dropped() -> None:
    player = VisitPlayer(terminal_now())
    player.play(
        FlowStep(PageKind.START, touch=PAY),
        FlowStep(PageKind.ACCOUNT_ENTRY, keys=NUMBER + "77", touch=NEXT, asks=LookUp(NUMBER)),
    )


def test_the_answer_to_another_question_is_not_taken() -> None:
    player = at_search()
    player.hear(AccountFound(replace(debtor(), number=OTHER_NUMBER)))
    assert player.visit.destination == AccountSearching(NUMBER)
    assert player.visit.card is None


def test_a_late_answer_changes_nothing() -> None:
    player = at_search()
    player.hear(HostSilent())
    before = player.visit
    player.hear(AccountFound(debtor()))
    assert player.visit == before


@pytest.mark.parametrize("way_out", [BACK, EXIT])
def test_leaving_wipes_everything(way_out: str) -> None:
    player = VisitPlayer(terminal_now())
    player.touch(LANGUAGE)
    player.play(
        FlowStep(PageKind.START, touch=PAY),
        FlowStep(PageKind.ACCOUNT_ENTRY, keys="441", touch=way_out, asks=Forget()),
        FlowStep(PageKind.START),
    )
    assert player.visit == begin(player.surroundings)


def test_leaving_the_card_wipes_it() -> None:
    player = at_card(debtor())
    player.play(FlowStep(PageKind.ACCOUNT_CARD, touch=EXIT, asks=Forget()), FlowStep(PageKind.START))
    assert player.visit.card is None


def test_another_account_can_be_taken_in_the_same_visit() -> None:
    player = at_card(debtor())
    player.play(
        FlowStep(PageKind.ACCOUNT_CARD, touch=BACK),
        FlowStep(PageKind.ACCOUNT_ENTRY, keys=OTHER_NUMBER, touch=NEXT, asks=LookUp(OTHER_NUMBER)),
    )
    assert player.visit.card is None


def test_what_is_not_offered_is_told_before_anyone_starts() -> None:
    player = VisitPlayer(terminal_now())
    player.change(cash=Offer(False, NO_CASH), readings=Offer(False, NO_HOST))
    page = player.page
    assert [each.enabled for each in page.buttons[:3]] == [False, False, True]
    assert page.buttons[0].detail == "Сейчас терминал не принимает наличные."
    assert page.buttons[1].detail == "Сейчас нет связи с поставщиком."
    assert page.notices[0].text == "Сейчас терминал не принимает наличные."


def test_without_the_host_nothing_can_be_started() -> None:
    player = VisitPlayer(terminal_now())
    player.change(lookup=Offer(False, NO_HOST))
    assert [each.enabled for each in player.page.buttons[:3]] == [False, False, False]


def test_out_of_service_stands_until_the_reason_is_gone() -> None:
    player = VisitPlayer(terminal_now())
    player.change(out_of_service=BROKEN)
    player.play(FlowStep(PageKind.OUT_OF_SERVICE, says="Терминал временно не работает."))
    assert player.surroundings.phone in page_text(player.page)
    player.touch(LANGUAGE)
    player.play(FlowStep(PageKind.OUT_OF_SERVICE, says=BROKEN))
    player.hear(Touched(PAY))
    assert player.visit.destination == Start()
    player.change(out_of_service="")
    player.play(FlowStep(PageKind.START))


def test_out_of_service_lets_a_visit_come_to_its_end() -> None:
    player = at_card(debtor(), READINGS)
    player.change(out_of_service=BROKEN)
    player.play(
        FlowStep(PageKind.ACCOUNT_CARD, touch=READINGS),
        FlowStep(PageKind.READING_ENTRY, touch=EXIT, asks=Forget()),
        FlowStep(PageKind.OUT_OF_SERVICE),
    )


def test_the_language_changes_on_the_spot_and_keeps_what_was_typed() -> None:
    player = VisitPlayer(terminal_now())
    player.play(
        FlowStep(PageKind.START, touch=PAY),
        FlowStep(PageKind.ACCOUNT_ENTRY, keys="4412", touch=LANGUAGE, says="Введите номер лицевого счёта"),
        FlowStep(PageKind.ACCOUNT_ENTRY, says="What is your account number?", touch=LANGUAGE),
        FlowStep(PageKind.ACCOUNT_ENTRY, says="4412"),
    )
