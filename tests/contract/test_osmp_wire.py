"""OSMP to the byte: requests as they must leave, answers as payees are known to write them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest

from contracts.identifiers import AccountNumber, OperationNumber, TerminalId
from contracts.money import Money
from simulator.billing_host.demo_accounts import DEBTOR
from terminal.accounts.account import AccountCard, LookupRefusal
from terminal.ports.http import HttpResponse, NoAnswer
from terminal.ports.processing import Accepted, AddressQuery, Refused, TransferError, TransferUnknown
from terminal.ports.records import DayTotals
from terminal.transfer import osmp_requests
from terminal.transfer.osmp_client import OsmpProcessing
from terminal.transfer.osmp_profile import FieldNames
from terminal.transfer.osmp_results import RESULTS, Finality
from tests.support.billing_bench import PROFILE, TERMINAL, FixedClock, payment, readings
from tests.support.scripted_http import Script, ScriptedHttp

ACCOUNT = AccountNumber(DEBTOR)
PAID = (
    '<?xml version="1.0" encoding="UTF-8"?><response><osmp_txn_id>1000000001</osmp_txn_id><prv_txn>2016</prv_txn>'
    "<sum>100.00</sum><result>0</result><comment>OK</comment></response>")


def client(*script: Script, **profile: Any) -> OsmpProcessing:
    return OsmpProcessing(ScriptedHttp(*script), FixedClock(), TERMINAL, replace(PROFILE, **profile))


def xml(text: str, encoding: str = "utf-8", status: int = 200) -> HttpResponse:
    return HttpResponse(status, {}, text.encode(encoding))


def run(call: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(call)


@pytest.mark.parametrize(("call", "path"), [
    (lambda it: it.submit_payment(payment(1)),
     "?command=pay&txn_id=1000000001&txn_date=20261120120001&account=5200000015&sum=100.00&trm_id=T-0001"),
    (lambda it: it.submit_payment(payment(123_456_789, kopecks=7)),
     "?command=pay&txn_id=1123456789&txn_date=20241225221309&account=5200000015&sum=0.07&trm_id=T-0001"),
    (lambda it: it.check_payment(ACCOUNT, Money(1_234_50)),
     "?command=check&txn_id=1000000000&account=5200000015&sum=1234.50&trm_id=T-0001"),
    (lambda it: it.find_account(ACCOUNT),
     "?command=check&txn_id=0&account=5200000015&sum=0.00&trm_id=T-0001"),
], ids=["pay", "pay-large-number", "check", "look-up"])
def test_requests(call: Any, path: str) -> None:
    http = ScriptedHttp(NoAnswer("lost"))
    with pytest.raises(TransferUnknown):
        run(call(OsmpProcessing(http, FixedClock(), TERMINAL, PROFILE)))
    sent = http.requests[0]
    assert (sent.method, sent.body) == ("GET", b"")
    without_date = [part for part in sent.path.split("&") if not part.startswith("txn_date")]
    assert without_date == [part for part in path.split("&") if not part.startswith("txn_date")]


def test_repeated_pay_is_the_same_request_with_the_date_of_the_payment() -> None:
    http = ScriptedHttp(NoAnswer("lost"))
    processing = OsmpProcessing(http, FixedClock(), TERMINAL, PROFILE)
    for _ in range(2):
        with pytest.raises(TransferUnknown):
            run(processing.submit_payment(payment(1)))
    assert http.requests[0] == http.requests[1]
    assert "txn_date=20261120120001&" in http.requests[0].path


def test_look_up_with_get_info() -> None:
    http = ScriptedHttp(xml("<response><result>0</result><balance>5.00</balance></response>"))
    processing = OsmpProcessing(http, FixedClock(), TERMINAL, replace(PROFILE, by_info=True))
    card = run(processing.find_account(ACCOUNT))
    assert http.requests[0].path == "?command=getInfo&account=5200000015&ccy=643&trm_id=T-0001"
    assert card.due == Money(-5_00)


@pytest.mark.parametrize("answer", [
    xml(PAID),
    xml("\n\n" + PAID + "\n"),
    xml(PAID.replace("<result>0</result>", "<result>\n  0 </result>")),
    xml(PAID.replace("osmp_txn_id", "txn_id")),
    xml(PAID.replace("100.00", "100")),
    xml(PAID.replace("100.00", "100,0")),
    xml(PAID.replace("UTF-8", "windows-1251").replace("OK", "Принято"), "cp1251"),
    xml("\ufeff" + PAID),
    xml(PAID.replace("<comment>", "<fileds><field1 name='balance'>7</field1></fileds><comment>")),
], ids=["plain", "blank-lines", "spaces", "txn-id", "whole", "comma", "cp1251", "bom", "misspelt-fields"])
def test_accepted_as_payees_write_it(answer: HttpResponse) -> None:
    accepted = run(client(answer).submit_payment(payment(1)))
    assert isinstance(accepted, Accepted)
    assert accepted.operation == OperationNumber("2016")


@pytest.mark.parametrize("text", [
    PAID.replace("1000000001", "1000000002"), PAID.replace("<osmp_txn_id>1000000001</osmp_txn_id>", ""),
    PAID.replace("100.00", "100.01"), PAID.replace("<sum>100.00</sum>", ""), PAID.replace("100.00", "1e2"),
    PAID.replace("<prv_txn>2016</prv_txn>", ""), PAID.replace("2016", "1" * 41),
    PAID.replace("<result>0</result>", ""), PAID.replace("<result>0</result>", "<result></result>"),
    *(PAID.replace("<result>0</result>", f"<result>{code}</result>") for code in ("0.0", "-1", "999", "1", "90")),
    PAID.replace("<result>0</result>", "<result>0</result><result>1</result>"),
    PAID.replace("response", "html"), PAID[:-1], "", "0",
    PAID.replace("<response>", "<!DOCTYPE response><response>"),
    PAID.replace("<response>", "<!DOCTYPE r [<!ENTITY a 'b'>]><response>").replace("OK", "&a;"),
    PAID.replace("<response>", "<?php echo 1 ?><response>"), PAID.replace("UTF-8", "no-such"),
    PAID.replace("OK", "<a>" * 10 + "</a>" * 10), PAID.replace("OK", "<a/>" * 300), PAID.replace("OK", "x" * 2000),
    PAID.replace("OK", "x" * 70_000), "<html><body>Оплатите доступ</body></html>",
    '{"result": 0}',
])
def test_anything_else_leaves_the_payment_open(text: str) -> None:
    with pytest.raises(TransferUnknown):
        run(client(xml(text)).submit_payment(payment(1)))


def test_answer_cut_at_any_byte_is_unknown() -> None:
    for length in range(len(PAID)):
        with pytest.raises(TransferUnknown):
            run(client(xml(PAID[:length])).submit_payment(payment(1)))


@pytest.mark.parametrize("status", [201, 302, 400, 401, 403, 404, 422, 429, 500, 503])
def test_other_status_is_unknown_whatever_the_body(status: int) -> None:
    with pytest.raises(TransferUnknown):
        run(client(xml(PAID, status=status)).submit_payment(payment(1)))


@pytest.mark.parametrize("code", sorted(RESULTS))
def test_every_code_of_the_table(code: int) -> None:
    answer = xml(PAID.replace("<result>0</result>", f"<result>{code}</result>"))
    match RESULTS[code].finality:
        case Finality.DONE:
            assert isinstance(run(client(answer).submit_payment(payment(1))), Accepted)
        case Finality.LATER:
            with pytest.raises(TransferUnknown):
                run(client(answer).submit_payment(payment(1)))
        case Finality.NEVER:
            refused = run(client(answer).submit_payment(payment(1)))
            assert refused == Refused(RESULTS[code].name, f"{RESULTS[code].meaning} (код {code})")


@pytest.mark.parametrize(("code", "refusal"), [
    (4, LookupRefusal.WRONG_NUMBER), (5, LookupRefusal.NOT_FOUND), (7, LookupRefusal.BLOCKED),
    (79, LookupRefusal.CLOSED),
])
def test_look_up_refusals(code: int, refusal: LookupRefusal) -> None:
    answer = xml(f"<response><osmp_txn_id>0</osmp_txn_id><result>{code}</result></response>")
    assert run(client(answer).find_account(ACCOUNT)) is refusal


@pytest.mark.parametrize("code", [1, 8, 90, 241, 243, 300, 12345])
def test_look_up_that_tells_nothing_of_the_account_is_an_error(code: int) -> None:
    answer = xml(f"<response><osmp_txn_id>0</osmp_txn_id><result>{code}</result></response>")
    with pytest.raises(TransferUnknown):
        run(client(answer).find_account(ACCOUNT))


def test_card_reads_fields_by_agreed_names_and_masks_them() -> None:
    fields = ("<fields><field1 name='долг'>12.30</field1><field2 name='фио'>Ли Анна</field2>"
              "<field3 name='адрес'>ул. Мира, д. 5, кв. 6</field3></fields>")
    answer = xml(f"<response><osmp_txn_id>0</osmp_txn_id><result>0</result>{fields}</response>")
    names = FieldNames("долг", "фио", "адрес")
    card = run(client(answer, names=names, balance_is_debt=True).find_account(ACCOUNT))
    assert isinstance(card, AccountCard)
    assert (card.due, card.holder, card.address) == (Money(12_30), "Л**** А.", "ул. М****а, д. 5, кв. **")


def test_card_without_a_balance_is_unknown() -> None:
    answer = xml("<response><osmp_txn_id>0</osmp_txn_id><result>0</result></response>")
    with pytest.raises(TransferUnknown):
        run(client(answer).find_account(ACCOUNT))


def test_what_the_protocol_has_not() -> None:
    processing = client(NoAnswer("not asked"))
    refused = run(processing.submit_readings(readings(1, ("30567812", "T1", 5))))
    assert isinstance(refused, Refused)
    assert refused.code == "unsupported"
    with pytest.raises(TransferError):
        run(processing.find_account(AddressQuery("Псков", "Мира", "5")))
    with pytest.raises(TransferError):
        run(processing.status(payment(1).key))
    with pytest.raises(TransferError):
        run(processing.close_day(TERMINAL, DayTotals("2026-11-20", 0, 0, 0, Money(0), "0" * 64)))


def test_txn_id_has_at_most_twenty_digits_and_is_unique() -> None:
    assert osmp_requests.transaction_id(99_999_999_999, 999_999_999) == 10**20 - 1
    for terminal, number in ((0, 1), (100_000_000_000, 1), (1, -1), (1, 10**9)):
        with pytest.raises(ValueError, match="no txn_id"):
            osmp_requests.transaction_id(terminal, number)
    pairs = [(terminal, number) for terminal in (1, 2, 10, 11) for number in (0, 1, 999_999_999)]
    assert len({osmp_requests.transaction_id(*pair) for pair in pairs}) == len(pairs)


@pytest.mark.parametrize("terminal", ["T", "T-0000", "", "T-123456789012"])
def test_terminal_without_a_usable_number_is_refused_at_once(terminal: str) -> None:
    with pytest.raises(ValueError, match="OSMP needs"):
        OsmpProcessing(ScriptedHttp(NoAnswer("")), FixedClock(), TerminalId(terminal), PROFILE)
