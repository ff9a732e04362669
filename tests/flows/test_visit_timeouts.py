"""What time does to a visit: warnings in good time, more time on request, and no money lost by waiting."""

from __future__ import annotations

import pytest

from contracts.money import Money
from contracts.pages import EXTEND, LANGUAGE, PageKind, TimeoutWarning, accepts
from terminal.visit.destinations import (
    AccountEntry,
    AccountSearching,
    AccountShown,
    AfterTender,
    AmountChoice,
    CashEnding,
    CashLeaving,
    CashOpening,
    Consent,
    Destination,
    InsertCash,
    Outcome,
    ReadingsSending,
    Start,
)
from terminal.visit.effects import EndTender, Forget
from terminal.visit.events import CashProgress, CashStage, Certainty, HostSilent, PaymentEnded, Tick
from terminal.visit.state import Visit, begin
from tests.support.flow_steps import VisitPlayer, page_text
from tests.support.visit_samples import NUMBER, debtor, terminal_now

DUE = Money(1_234_56)
PATIENCE = terminal_now().patience
IN = CashProgress(Money.rubles(500), CashStage.ACCEPTING)
EMPTY = CashProgress(Money(0), CashStage.ACCEPTING)
PAID = PaymentEnded(Money.rubles(1_500), Certainty.YES, Certainty.YES)


def at(destination: Destination) -> VisitPlayer:
    player = VisitPlayer(terminal_now(100.0))
    player.visit = Visit("ru", destination, 100.0, card=debtor())
    return player


def warning_of(player: VisitPlayer) -> TimeoutWarning | None:
    return player.page.warning


@pytest.mark.parametrize(("place", "idle", "warning"), [
    (AccountEntry("44"), PATIENCE.entry_s, PATIENCE.entry_warning_s),
    (AmountChoice(), PATIENCE.entry_s, PATIENCE.entry_warning_s),
    (Consent(DUE), PATIENCE.entry_s, PATIENCE.entry_warning_s),
    (AccountShown(), PATIENCE.result_s, PATIENCE.result_warning_s),
])
def test_a_client_who_went_away_is_warned_and_then_forgotten(
    place: Destination, idle: float, warning: float
) -> None:
    player = at(place)
    player.wait(idle - 1)
    assert warning_of(player) is None
    player.wait(1)
    warned = warning_of(player)
    assert warned is not None
    assert warned.seconds_left == warning
    assert "сотрём введённое" in warned.text
    player.wait(warning - 1)
    nearly_over = warning_of(player)
    assert nearly_over is not None
    assert nearly_over.seconds_left == 1
    assert player.asked == []
    player.wait(1)
    assert player.asked == [Forget()]
    assert player.visit == begin(player.surroundings)


def test_every_warning_leaves_twenty_seconds_at_least() -> None:
    assert min(PATIENCE.menu_warning_s, PATIENCE.entry_warning_s, PATIENCE.result_warning_s,
               PATIENCE.money_warning_s) >= 20


def test_more_time_is_given_as_often_as_it_is_asked_for() -> None:
    player = at(AccountEntry("44"))
    for _ in range(30):
        player.wait(PATIENCE.entry_s + 5)
        player.touch(EXTEND)
        assert warning_of(player) is None
    assert player.visit.destination == AccountEntry("44")


def test_any_touch_is_a_sign_of_life() -> None:
    player = at(AccountEntry("44"))
    player.wait(PATIENCE.entry_s + 5)
    player.touch("key-1")
    assert warning_of(player) is None
    player.wait(PATIENCE.entry_s - 1)
    assert warning_of(player) is None


def test_without_a_warning_there_is_nothing_to_extend() -> None:
    assert not accepts(at(AccountEntry()).page, EXTEND)


@pytest.mark.parametrize("place", [InsertCash(DUE, IN), CashLeaving(DUE, IN)])
def test_inserted_money_is_credited_by_the_time_out(place: Destination) -> None:
    player = at(place)
    player.wait(PATIENCE.money_s)
    assert warning_of(player) is not None
    assert "мы зачислим 500 ₽ на ваш счёт" in page_text(player.page)
    player.wait(PATIENCE.money_warning_s - 1)
    assert player.asked == []
    player.wait(1)
    assert player.asked == [EndTender()]
    assert player.visit.destination == CashEnding(DUE, AfterTender.EXIT, Money.rubles(500))
    player.wait(1800)
    assert player.asked == [EndTender()]
    player.hear(PAID)
    assert player.page.kind is PageKind.OUTCOME


def test_an_open_slot_without_money_is_closed_by_the_time_out() -> None:
    player = at(InsertCash(DUE, EMPTY))
    player.wait(PATIENCE.money_s + PATIENCE.money_warning_s)
    assert player.asked == [EndTender()]


def test_each_note_starts_the_clock_anew() -> None:
    player = at(InsertCash(DUE, EMPTY))
    player.wait(PATIENCE.money_s + 5)
    player.hear(IN)
    assert warning_of(player) is None
    player.wait(PATIENCE.money_s - 1)
    assert warning_of(player) is None


def test_a_repeated_report_is_no_sign_of_life() -> None:
    player = at(InsertCash(DUE, IN))
    for _ in range(int(PATIENCE.money_s + PATIENCE.money_warning_s)):
        player.wait(1)
        player.hear(IN)
    assert player.asked == [EndTender()]


@pytest.mark.parametrize("place", [
    AccountSearching(NUMBER), ReadingsSending((), ()), CashOpening(DUE), CashEnding(DUE, AfterTender.BACK),
])
def test_while_the_terminal_works_the_clock_of_the_client_stands_still(place: Destination) -> None:
    player = at(place)
    player.wait(1800)
    assert player.visit.destination == place
    assert player.asked == []
    assert warning_of(player) is None


def test_after_the_terminal_worked_the_client_has_the_whole_time() -> None:
    player = at(AccountSearching(NUMBER))
    player.wait(300)
    player.hear(HostSilent())
    player.wait(PATIENCE.entry_s - 1)
    assert warning_of(player) is None


def test_a_paid_visit_ends_by_itself() -> None:
    player = at(Outcome(DUE, PAID))
    player.wait(PATIENCE.done_s)
    assert player.asked == [Forget()]


def test_the_number_of_a_case_stands_longer_and_ends_with_a_warning() -> None:
    player = at(Outcome(DUE, PaymentEnded(DUE, Certainty.UNKNOWN, Certainty.YES, case="C-1")))
    player.wait(PATIENCE.result_s)
    assert player.page.kind is PageKind.UNKNOWN_OUTCOME
    assert warning_of(player) is not None
    player.wait(PATIENCE.result_warning_s)
    assert player.asked == [Forget()]


def test_the_first_page_goes_back_to_the_first_language() -> None:
    player = VisitPlayer(terminal_now())
    player.touch(LANGUAGE)
    player.wait(PATIENCE.menu_s - 1)
    assert player.page.language == "en"
    player.wait(1)
    assert player.page.language == "ru"
    assert player.asked == []


def test_the_first_page_waits_for_ever_without_changing() -> None:
    player = VisitPlayer(terminal_now())
    before = player.visit
    player.wait(1800)
    assert player.visit == before
    assert player.visit.destination == Start()


def test_a_long_sleep_of_the_machine_ends_the_visit_at_the_first_tick() -> None:
    player = at(AccountShown())
    player.change(now_s=1e6)
    player.hear(Tick())
    assert player.asked == [Forget()]
