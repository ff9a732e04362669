"""Answers of our own contract, version 1, read into the values of the processing port.

Every reader first checks that the answer is of this version, for this terminal, and repeats what was asked: the late
answer to an earlier request is no answer. Raises `WrongAnswer` for all that, and `NotAnswered` when the host says in
the contract's own words that it could not deal with the request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.checkpoint import Countersignature, SignedCheckpoint, signed_from
from contracts.identifiers import IdempotencyKey, OperationNumber, TerminalId
from terminal.accounts.account import AccountCard, LookupRefusal
from terminal.ports.http import HttpResponse
from terminal.ports.processing import (
    Accepted,
    Contradicted,
    NotKnown,
    NotOffered,
    PaymentSubmission,
    Refused,
    Witnessed,
)
from terminal.ports.records import DayTotals
from terminal.transfer.account_cards import CODE_FORM, read_card
from terminal.transfer.answer_fields import Fields, WrongAnswer, read_object
from terminal.transfer.contract_requests import VERSION

OPERATION_FORM = r"[0-9A-Za-z-]{1,40}"
NO_SUCH_PATH = "no-such-path"
"""Problem of a host of this contract that knows less of it."""
MAX_NUMBER = 999_999_999
"""The largest payment number, and the largest count of payments of a day."""


class NotAnswered(Exception):
    """The host could not or would not read the request: credentials, version, form. Not about the payment."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"HTTP status {status}, problem {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class KeyTaken:
    """The host holds another body under the key."""


def read_lookup(response: HttpResponse, terminal: TerminalId, asked: Mapping[str, object]) -> AccountCard | Refused:
    """The account that was asked for by `asked`: `account` or `address`."""
    answer = _opened(response, terminal, asked)
    if answer.has("refusal"):
        return _refusal(answer)
    card = read_card(answer.part("card"))
    if asked.get("account", card.number) != card.number:
        raise WrongAnswer("card.number: another account")
    return card


def lookup_refusal(refused: Refused) -> LookupRefusal:
    """Raises `WrongAnswer` for a code that no look-up can be refused with."""
    try:
        return LookupRefusal(refused.code)
    except ValueError as error:
        raise WrongAnswer("refusal.code: unknown") from error


def read_check(response: HttpResponse, terminal: TerminalId, asked: Mapping[str, object]) -> Refused | None:
    """Whether a payment would be taken."""
    answer = _opened(response, terminal, asked)
    if answer.has("refusal"):
        return _refusal(answer)
    if not answer.flag("allowed"):
        raise WrongAnswer("allowed: false without a refusal")
    return None


def read_payment(response: HttpResponse, payment: PaymentSubmission) -> Accepted | Refused | KeyTaken:
    """What became of one payment."""
    asked = {"key": payment.key, "account": payment.account, "kopecks": payment.amount.kopecks}
    return _written(response, _opened(response, payment.terminal, asked))


def read_readings(response: HttpResponse, terminal: TerminalId, key: IdempotencyKey) -> Accepted | Refused | KeyTaken:
    """What became of readings."""
    return _written(response, _opened(response, terminal, {"key": key}))


def read_batch(
    response: HttpResponse, terminal: TerminalId, payments: Sequence[PaymentSubmission]
) -> dict[IdempotencyKey, Accepted | Refused | KeyTaken]:
    """What became of each of several payments: one result for each, in their order."""
    answer = _opened(response, terminal, {})
    results = tuple(answer.parts("results", len(payments)))
    if len(results) != len(payments):
        raise WrongAnswer("results: not one for each payment")
    return {payment.key: _result(each, payment) for each, payment in zip(results, payments, strict=True)}


def read_status(response: HttpResponse, terminal: TerminalId, key: IdempotencyKey) -> Accepted | Refused | NotKnown:
    """What the host holds under a key. That it holds nothing is said in an answer with status 200: a 404 may come
    from any server on a wrong path."""
    answer = _opened(response, terminal, {"key": key})
    if response.status != 200:
        raise WrongAnswer(f"HTTP status {response.status}")
    result = answer.part("result")
    match result.text("state"):
        case "accepted":
            return _accepted(result)
        case "refused":
            return _refusal(result)
        case "not-known":
            return NotKnown()
        case _:
            raise WrongAnswer("state: unknown")


def read_day(response: HttpResponse, terminal: TerminalId, day: str) -> DayTotals:
    """The host's totals of a day."""
    totals = _opened(response, terminal, {}).part("totals")
    totals.same("day", day)
    return DayTotals(
        day=day,
        first=totals.whole("first", 0, MAX_NUMBER),
        last=totals.whole("last", 0, MAX_NUMBER),
        count=totals.whole("count", 0, MAX_NUMBER),
        sum=totals.money("kopecks"),
        head=totals.text("head", r"[0-9a-f]{64}"),
    )


def read_witness(response: HttpResponse, signed: SignedCheckpoint) -> Witnessed | Contradicted | Refused:
    """What the host says to a checkpoint. Raises `NotOffered` when it says that it has nothing at that path."""
    checkpoint = signed.checkpoint
    asked = {"sequence": checkpoint.position.sequence, "head": checkpoint.position.head}
    try:
        answer = _opened(response, checkpoint.terminal, asked)
    except NotAnswered as error:
        if error.code == NO_SUCH_PATH:
            raise NotOffered("the host keeps no checkpoints") from error
        raise
    if answer.has("refusal") and not answer.has("seen"):
        return _refusal(answer)
    try:
        if answer.has("seen"):
            return Contradicted(signed_from(answer.raw("seen")))
        witness = answer.part("witness")
        by = Countersignature(witness.text("public_key"), witness.text("signature"))
        return Witnessed(by, answer.flag("first"))
    except ValueError as error:
        raise WrongAnswer(f"checkpoint: {error}") from error


def _opened(response: HttpResponse, terminal: TerminalId, asked: Mapping[str, object]) -> Fields:
    answer = read_object(response.body)
    answer.same("version", VERSION)
    if answer.has("problem"):
        raise NotAnswered(response.status, answer.part("problem").text("code", CODE_FORM))
    answer.same("terminal", terminal)
    for name, value in asked.items():
        answer.same(name, value)
    if answer.has("refusal") == (response.status == 200):
        raise WrongAnswer(f"HTTP status {response.status} does not fit the body")
    return answer


def _written(response: HttpResponse, answer: Fields) -> Accepted | Refused | KeyTaken:
    if answer.has("refusal"):
        return KeyTaken() if response.status == 409 else _refusal(answer)
    return _accepted(answer)


def _result(result: Fields, payment: PaymentSubmission) -> Accepted | Refused | KeyTaken:
    result.same("key", payment.key)
    result.same("kopecks", payment.amount.kopecks)
    match result.text("state"):
        case "accepted":
            return _accepted(result)
        case "refused":
            return _refusal(result)
        case "conflict":
            return KeyTaken()
        case _:
            raise WrongAnswer("state: unknown")


def _accepted(answer: Fields) -> Accepted:
    balance = answer.money("balance_kopecks") if answer.has("balance_kopecks") else None
    return Accepted(OperationNumber(answer.text("operation", OPERATION_FORM)), balance)


def _refusal(answer: Fields) -> Refused:
    refusal = answer.part("refusal")
    return Refused(refusal.text("code", CODE_FORM), refusal.text("reason"))
