"""The pure core: what may follow what, and that no message in any state can create or lose money."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.identifiers import OperationNumber
from contracts.money import Money
from fiscal.documents import FiscalDocument, Operation, StorageMark
from terminal.payments.codec import BY_KIND, from_body, to_body
from terminal.payments.effects import FormReceipt, PrepareReceipt, SubmitTransfer
from terminal.payments.facts import (
    Fact,
    NoteStacked,
    NoteUnassigned,
    PaymentDone,
    PaymentFact,
    PaymentFunded,
    PaymentVoided,
    ReceiptRegistered,
)
from terminal.payments.messages import (
    CheckAnswered,
    EscrowReported,
    HostAccepted,
    HostRefused,
    LostReported,
    Message,
    PrintingEnded,
    ReceiptFormed,
    ReceiptNotFormed,
    ReceiptReady,
    ReturnedReported,
    StackedReported,
    TenderEnded,
)
from terminal.payments.payment import ImpossibleFact, PaymentState, create, evolve, fold
from terminal.payments.postings import LedgerAccount
from terminal.payments.recovery import AwaitNote, ReadBackReceipt, ResumeTender, recover
from tests.support.decision_run import AT, CREATED, FIVE_HUNDRED, NUMBER, Run, funded, tendering

MARK = StorageMark("9999078902001234", 431)
DOCUMENT = FiscalDocument(
    MARK.storage, 432, 3522207165, datetime(2026, 11, 21, 14, 7), Operation.SALE, Money.rubles(500)  # noqa: DTZ001
)


def test_the_tender_does_not_end_while_a_note_moves() -> None:
    run = tendering().send(EscrowReported(FIVE_HUNDRED), TenderEnded(AT))
    assert run.payment.state is PaymentState.TENDERING
    assert not run.payment.voided


def test_ending_without_money_voids() -> None:
    assert isinstance(tendering().send(TenderEnded(AT)).facts[-1], PaymentVoided)


def test_funding_credits_everything_inserted_and_starts_transfer_and_receipt() -> None:
    run = funded()
    assert run.facts[-1] == PaymentFunded(NUMBER, FIVE_HUNDRED, AT)
    assert run.effects == [SubmitTransfer(), PrepareReceipt()]


def test_a_receipt_is_asked_for_once_until_it_is_certain_that_there_is_none() -> None:
    run = funded().send(ReceiptReady(MARK, "d" * 64, AT))
    assert run.effects == [FormReceipt(MARK)]
    before = len(run.facts)
    run.send(ReceiptReady(MARK, "d" * 64, AT))
    assert len(run.facts) == before, "a second request while the first is open would print a second receipt"
    run.send(ReceiptNotFormed("read back"), ReceiptReady(MARK, "d" * 64, AT))
    assert run.effects == [FormReceipt(MARK)]
    assert run.payment.receipt.attempts == 2


def test_done_needs_both_the_receipt_and_the_host() -> None:
    run = funded().send(HostAccepted(OperationNumber("op"), AT))
    assert not run.payment.done
    run.send(ReceiptReady(MARK, "d" * 64, AT), ReceiptFormed(DOCUMENT), PrintingEnded(printed=True))
    assert isinstance(run.facts[-1], PaymentDone)
    assert run.payment.state is PaymentState.TRANSFERRED


def test_a_refusal_after_the_money_makes_a_refund_due() -> None:
    run = funded().send(HostRefused("closed", "account closed"))
    assert run.payment.state is PaymentState.REFUND_DUE
    assert run.balances()[LedgerAccount.REFUND_DUE] == -FIVE_HUNDRED.kopecks


def test_a_second_answer_of_the_host_changes_nothing() -> None:
    run = funded().send(HostAccepted(OperationNumber("op"), AT))
    before = list(run.facts)
    run.send(HostAccepted(OperationNumber("other"), AT), HostRefused("x", "y"))
    assert run.facts == before


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([], None),
        ([CheckAnswered()], None),
        ([CheckAnswered(), EscrowReported(FIVE_HUNDRED)], (AwaitNote, ResumeTender)),
        ([CheckAnswered(), EscrowReported(FIVE_HUNDRED), StackedReported(FIVE_HUNDRED)], (ResumeTender,)),
    ],
)
def test_boot_table_of_the_tender(messages: list[Message], expected: tuple[type, ...] | None) -> None:
    recovery = recover(Run().send(*messages).payment)
    if expected is None:
        assert isinstance(recovery.facts[0], PaymentVoided)
    else:
        assert recovery.facts == ()
        assert tuple(type(each) for each in recovery.effects) == expected


def test_boot_table_after_funding() -> None:
    run = funded()
    assert [type(each) for each in recover(run.payment).effects] == [SubmitTransfer, PrepareReceipt]
    run.send(ReceiptReady(MARK, "d" * 64, AT))
    assert [type(each) for each in recover(run.payment).effects] == [SubmitTransfer, ReadBackReceipt]
    run.send(ReceiptFormed(DOCUMENT), HostAccepted(OperationNumber("op"), AT))
    assert [type(each).__name__ for each in recover(run.payment).effects] == ["FinishPrinting"]


def test_impossible_facts_are_refused() -> None:
    payment = create(CREATED)
    with pytest.raises(ImpossibleFact):
        evolve(payment, NoteStacked(NUMBER, 1, FIVE_HUNDRED))
    with pytest.raises(ImpossibleFact):
        evolve(payment, PaymentFunded(NUMBER, FIVE_HUNDRED, AT))
    with pytest.raises(ImpossibleFact):
        fold([ReceiptRegistered(NUMBER, "1", 1, 1, FIVE_HUNDRED, AT)])


values = st.sampled_from([Money.rubles(each) for each in (10, 50, 100, 500, 1000, 5000)])
messages = st.one_of(
    st.builds(CheckAnswered, st.sampled_from(["", "closed"])),
    st.builds(EscrowReported, values),
    st.builds(StackedReported, values),
    st.just(ReturnedReported()),
    st.just(LostReported("?")),
    st.just(TenderEnded(AT)),
    st.just(ReceiptReady(MARK, "d" * 64, AT)),
    st.just(ReceiptFormed(DOCUMENT)),
    st.just(ReceiptNotFormed("?")),
    st.builds(PrintingEnded, st.booleans()),
    st.just(HostAccepted(OperationNumber("op"), AT)),
    st.just(HostRefused("x", "y")),
)


@given(st.lists(messages, max_size=30))
def test_any_history_keeps_the_books_and_folds_back(history: list[Message]) -> None:
    run = Run().send(*history)
    balances = run.balances()
    assert sum(balances.values()) == 0
    assert balances[LedgerAccount.CASSETTE] >= 0
    assert balances[LedgerAccount.SUSPENSE_CASH] >= 0
    stacked = sum(each.value.kopecks for each in run.facts if isinstance(each, NoteStacked | NoteUnassigned))
    assert balances[LedgerAccount.CASSETTE] == stacked
    own = [each for each in run.facts if isinstance(each, PaymentFact)]
    assert fold(own) == run.payment
    for fact in run.facts:
        assert from_body(fact.kind, to_body(fact)) == fact


def test_every_kind_of_record_has_one_code() -> None:
    assert len(BY_KIND) == len(get_args(Fact))
    with pytest.raises(ValueError, match="unknown kind"):
        from_body("Q99", "{}")
    with pytest.raises(ValueError, match="does not fit"):
        from_body("S20", '{"payment":1}')
