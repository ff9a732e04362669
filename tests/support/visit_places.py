"""One or more examples of every place of a visit."""

from __future__ import annotations

from contracts.money import Money
from terminal.metering.acceptance import QuestionReason, ReadingQuestioned, ReadingRefused, RefusalReason
from terminal.visit.destinations import (
    AccountEntry,
    AccountSearching,
    AccountShown,
    AccountTrouble,
    AfterTender,
    AmountChoice,
    AmountTrouble,
    AmountTyping,
    CashEnding,
    CashLeaving,
    CashOpening,
    Consent,
    Destination,
    InsertCash,
    Outcome,
    PaymentNotBegun,
    ReadingEntry,
    ReadingQuestion,
    ReadingsCheck,
    ReadingsDone,
    ReadingsNotTaken,
    ReadingsObstacle,
    ReadingsSending,
    ReadingsUnavailable,
    ReadingTarget,
    Start,
)
from terminal.visit.effects import EnteredReading
from terminal.visit.events import CashProgress, CashStage, Certainty, NoteTrouble, PaymentEnded
from tests.support.visit_samples import NO_CASH, NUMBER, TWO_RATE

DUE = Money(1_234_56)
TARGETS = tuple(ReadingTarget(TWO_RATE, register) for register in TWO_RATE.registers)
FIRST = EnteredReading(TWO_RATE.serial, "T1", 14_600)
ENTERED = (FIRST, EnteredReading(TWO_RATE.serial, "T2", 7_060))


def every_place() -> tuple[Destination, ...]:
    """Every class of place, and every way that each can look."""
    return (Start(), *_account_places(), *_reading_places(), *_payment_places())


def _account_places() -> tuple[Destination, ...]:
    return (
        AccountEntry(), AccountEntry("4412"), *(AccountEntry(NUMBER, trouble) for trouble in AccountTrouble),
        AccountSearching(NUMBER), AccountShown(),
    )


def _reading_places() -> tuple[Destination, ...]:
    entry = ReadingEntry(TARGETS, "9000")
    questions = (
        ReadingQuestioned(QuestionReason.IMPLAUSIBLE, 24_521, 10_000, 180, "T2"),
        ReadingQuestioned(QuestionReason.IMPLAUSIBLE, 24_521, 10_000, 0),
        ReadingQuestioned(QuestionReason.ROLLED_OVER, 20, 120, 180),
    )
    return (
        ReadingEntry(TARGETS),
        ReadingEntry(TARGETS, "70", entered=(FIRST,)),
        *(ReadingEntry(TARGETS, "1", ReadingRefused(reason)) for reason in RefusalReason),
        ReadingEntry(TARGETS, "1", ReadingRefused(RefusalReason.LOWER_THAN_LAST, "T2")),
        *(ReadingQuestion(entry, question) for question in questions),
        ReadingsCheck(TARGETS, ENTERED),
        ReadingsSending(TARGETS, ENTERED),
        ReadingsDone(TARGETS, ENTERED, ""),
        ReadingsDone(TARGETS, ENTERED, "R-1"),
        ReadingsNotTaken("Нет."),
        ReadingsNotTaken(""),
        *(ReadingsUnavailable(each) for each in ReadingsObstacle),
    )


def _payment_places() -> tuple[Destination, ...]:
    progress = every_progress()
    return (
        AmountChoice(),
        AmountTyping(),
        AmountTyping("700"),
        *(AmountTyping("7", trouble) for trouble in AmountTrouble),
        Consent(DUE),
        CashOpening(DUE),
        *(InsertCash(DUE, each) for each in progress),
        *(CashLeaving(DUE, each) for each in progress if Money(0) < each.inserted < DUE),
        *(
            CashEnding(DUE, after, inserted)
            for after in AfterTender
            for inserted in (Money(0), Money.rubles(500))
        ),
        PaymentNotBegun(NO_CASH),
        PaymentNotBegun(""),
        *(Outcome(DUE, each) for each in every_end()),
    )


def every_progress() -> tuple[CashProgress, ...]:
    """Each sum with each stage, and with each trouble."""
    stages = tuple(
        CashProgress(Money.rubles(rubles), stage, acceptor_out=out)
        for rubles in (0, 500, 2_000) for stage in CashStage for out in (False, True)
    )
    troubles = tuple(
        CashProgress(
            Money.rubles(rubles), CashStage.ACCEPTING, trouble, case="T-0001-000123", disputed=Money.rubles(500)
        )
        for rubles in (0, 500) for trouble in NoteTrouble if trouble is not NoteTrouble.NONE
    )
    return stages + troubles


def every_end() -> tuple[PaymentEnded, ...]:
    """Each certainty of the transfer with each of the receipt; then a bare end and a disputed note."""
    certain = tuple(
        PaymentEnded(Money.rubles(1_500), transfer, receipt, "OP-1", "T-0001-000123", "t=1")
        for transfer in Certainty for receipt in Certainty
    )
    bare = PaymentEnded(Money.rubles(500), Certainty.YES, Certainty.LATER)
    disputed = PaymentEnded(
        Money(0), Certainty.YES, Certainty.YES, case="T-0001-000123", disputed=Money.rubles(500)
    )
    return (*certain, bare, disputed)
