"""The pure core and the way of a note: credit only for what is in the cassette, a dispute for what nobody can place."""

from __future__ import annotations

from contracts.money import Money
from terminal.payments.effects import ReturnNote, StackNote
from terminal.payments.facts import (
    NoteDisputed,
    NoteDisputeSettled,
    NoteReturned,
    NoteStacked,
    NoteStackRequested,
    NoteUnassigned,
)
from terminal.payments.messages import EscrowReported, LostReported, ReturnedReported, StackedReported, TenderEnded
from terminal.payments.postings import LedgerAccount
from tests.support.decision_run import AT, FIVE_HUNDRED, NUMBER, funded, tendering


def test_a_note_is_stacked_only_after_its_intent_is_a_fact() -> None:
    run = tendering().send(EscrowReported(FIVE_HUNDRED))
    assert run.facts[-1] == NoteStackRequested(NUMBER, 1, FIVE_HUNDRED)
    assert run.effects == [StackNote()]
    assert run.payment.inserted == Money(0), "an intent is no credit"


def test_credit_comes_with_the_stacked_report_alone() -> None:
    run = tendering().send(EscrowReported(FIVE_HUNDRED), StackedReported(FIVE_HUNDRED))
    assert run.payment.inserted == FIVE_HUNDRED
    assert run.facts[-1] == NoteStacked(NUMBER, 1, FIVE_HUNDRED)


def test_two_equal_notes_in_a_row_are_two_credits() -> None:
    run = tendering()
    for _ in range(2):
        run.send(EscrowReported(FIVE_HUNDRED), StackedReported(FIVE_HUNDRED))
    assert run.payment.inserted == Money.rubles(1000)


def test_a_note_that_would_pass_the_limit_goes_back_without_a_fact() -> None:
    run = tendering().send(EscrowReported(Money.rubles(20_000)))
    assert run.effects == [ReturnNote(too_large=True)]
    assert not isinstance(run.facts[-1], NoteStackRequested)


def test_a_note_held_while_another_is_unsettled_goes_back() -> None:
    run = tendering().send(EscrowReported(FIVE_HUNDRED), EscrowReported(FIVE_HUNDRED))
    assert run.effects == [ReturnNote(too_large=False)]
    assert run.payment.pending is not None


def test_a_returned_note_leaves_no_credit() -> None:
    run = tendering().send(EscrowReported(FIVE_HUNDRED), ReturnedReported())
    assert run.facts[-1] == NoteReturned(NUMBER, 1, FIVE_HUNDRED)
    assert run.payment.inserted == Money(0)
    assert run.payment.pending is None


def test_a_lost_note_is_disputed_and_a_late_report_makes_it_good() -> None:
    run = tendering().send(EscrowReported(FIVE_HUNDRED), LostReported("silence"))
    assert isinstance(run.facts[-1], NoteDisputed)
    assert run.balances()[LedgerAccount.SUSPENSE_CASH] == FIVE_HUNDRED.kopecks
    run.send(StackedReported(FIVE_HUNDRED))
    assert isinstance(run.facts[-2], NoteDisputeSettled)
    assert run.payment.inserted == FIVE_HUNDRED
    assert run.balances()[LedgerAccount.SUSPENSE_CASH] == 0
    assert run.balances()[LedgerAccount.CASSETTE] == FIVE_HUNDRED.kopecks


def test_a_disputed_note_that_turns_up_after_the_tender_is_unassigned_money() -> None:
    run = tendering().send(EscrowReported(FIVE_HUNDRED), StackedReported(FIVE_HUNDRED))
    run.send(EscrowReported(FIVE_HUNDRED), LostReported("power cut"), TenderEnded(AT), StackedReported(FIVE_HUNDRED))
    assert isinstance(run.facts[-1], NoteUnassigned)
    assert run.balances()[LedgerAccount.UNASSIGNED] == -FIVE_HUNDRED.kopecks


def test_another_note_than_was_held_is_credited_and_the_held_one_is_in_dispute() -> None:
    run = tendering().send(EscrowReported(FIVE_HUNDRED), StackedReported(Money.rubles(1000)))
    disputed, asked, stacked = run.facts[-3:]
    assert isinstance(disputed, NoteDisputed)
    assert (disputed.note, disputed.value) == (1, FIVE_HUNDRED)
    assert asked == NoteStackRequested(NUMBER, 2, Money.rubles(1000))
    assert stacked == NoteStacked(NUMBER, 2, Money.rubles(1000))
    assert run.payment.inserted == Money.rubles(1000)
    assert run.balances()[LedgerAccount.SUSPENSE_CASH] == FIVE_HUNDRED.kopecks
    assert "1000.00 was stacked where 500.00 was held" in run.effects[-1].detail


def test_a_disputed_note_that_turns_up_in_the_place_of_another_settles_its_own_dispute() -> None:
    run = tendering().send(EscrowReported(FIVE_HUNDRED), LostReported("silence"))
    run.send(EscrowReported(Money.rubles(100)), StackedReported(FIVE_HUNDRED))
    assert [fact.kind for fact in run.facts[-3:]] == ["C40", "C45", "C20"]
    assert run.payment.inserted == FIVE_HUNDRED
    assert [each.value for each in run.payment.disputed] == [Money.rubles(100)]


def test_a_note_taken_after_the_tender_is_unassigned_money() -> None:
    run = funded().send(StackedReported(FIVE_HUNDRED))
    assert isinstance(run.facts[-1], NoteUnassigned)
