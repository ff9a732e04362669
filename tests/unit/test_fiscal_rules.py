"""Deadlines of the law, records, and text on paper."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.faults import FaultCode
from contracts.money import Money
from fiscal import ofd_exchange, shift, tlv
from fiscal.documents import FiscalDocument, Operation
from fiscal.ofd_exchange import Standing
from fiscal.paper_text import pair, wrapped
from fiscal.receipt_layout import (
    MeterLine,
    ReceiptFacts,
    RegisterReading,
    copy_slip,
    lines_after,
    lines_before,
)
from fiscal.register_port import Exchange, ShiftState
from fiscal.tags import TAGS, Form
from fiscal.tlv import Record, TlvError
from fiscal.waiting_slip import WaitingFacts, WaitingReason, waiting_slip

OPENED = datetime(2026, 11, 21, 8, 0)  # noqa: DTZ001
SECOND = timedelta(seconds=1)
WIDTHS = (32, 36, 42, 48)


def test_shift_is_overdue_exactly_at_24_hours() -> None:
    assert shift.state_of(None, OPENED) is ShiftState.CLOSED
    assert shift.state_of(OPENED, OPENED + shift.LIMIT - SECOND) is ShiftState.OPEN
    assert shift.state_of(OPENED, OPENED + shift.LIMIT) is ShiftState.OVERDUE
    assert shift.time_left(OPENED, OPENED + timedelta(days=2)) == timedelta(0)


def test_shift_is_closed_before_the_limit() -> None:
    due = OPENED + shift.LIMIT - shift.MARGIN
    assert not shift.must_close(OPENED, due - SECOND)
    assert shift.must_close(OPENED, due)
    assert not shift.must_close(OPENED, OPENED - timedelta(hours=2))


def test_shift_is_closed_when_wanted_if_that_is_in_time() -> None:
    evening = OPENED + timedelta(hours=14)
    assert shift.close_at(OPENED, evening) == evening
    late = OPENED + timedelta(hours=23, minutes=59)
    assert shift.close_at(OPENED, late) == OPENED + shift.LIMIT - shift.MARGIN


@pytest.mark.parametrize(
    ("age", "level", "fault"),
    [
        (timedelta(hours=1), Standing.CURRENT, None),
        (timedelta(hours=24), Standing.LATE, FaultCode.OFD_UNSENT_OLD),
        (timedelta(days=20), Standing.URGENT, FaultCode.OFD_UNSENT_OLD),
        (timedelta(days=30) - SECOND, Standing.URGENT, FaultCode.OFD_UNSENT_OLD),
        (timedelta(days=30), Standing.BLOCKED, FaultCode.OFD_BLOCKED),
    ],
)
def test_exchange_standing(age: timedelta, level: Standing, fault: FaultCode | None) -> None:
    judged = ofd_exchange.standing(Exchange(3, OPENED), OPENED + age)
    found = judged.fault()
    assert judged.standing is level
    assert (found.code if found else None) is fault


def test_nothing_waits_is_current_whatever_the_date() -> None:
    judged = ofd_exchange.standing(Exchange(0, OPENED), OPENED + timedelta(days=90))
    assert judged.standing is Standing.CURRENT


@given(st.integers(0, 2**48 - 1))
def test_whole_numbers_take_the_least_bytes(number: int) -> None:
    raw = tlv.encode(Record(1020, number))
    assert tlv.decode(raw) == (Record(1020, number),)
    assert len(raw) == 4 + max(1, (number.bit_length() + 7) // 8)


@given(st.decimals(min_value=0, max_value=10**9, places=3))
def test_quantities_keep_their_decimals(quantity: Decimal) -> None:
    assert tlv.decode(tlv.encode(Record(1023, quantity))) == (Record(1023, quantity),)


@pytest.mark.parametrize(
    "record",
    [
        Record(1020, 2**48),
        Record(1020, -1),
        Record(1020, "100"),
        Record(1018, "1234567890123"),
        Record(1030, "я" * 129),
        Record(1030, "счёт № 5 — оплата"),
        Record(1012, OPENED.replace(year=1969)),
        Record(1077, b"12345"),
        Record(1199, 256),
        Record(9999, 1),
        Record(1084, (Record(1086, "я" * 257),)),
    ],
)
def test_what_does_not_fit_its_tag_is_refused(record: Record) -> None:
    with pytest.raises(TlvError):
        tlv.encode(record)


@given(st.binary(max_size=80))
def test_decoding_is_total(noise: bytes) -> None:
    try:
        records = tlv.decode(noise)
    except TlvError:
        return
    assert all(record.tag in TAGS for record in records)


def test_truncated_records_are_refused() -> None:
    raw = tlv.encode(Record(1084, (Record(1085, "Лицевой счет"), Record(1086, "5001234567"))))
    for length in range(1, len(raw)):
        with pytest.raises(TlvError):
            tlv.decode(raw[:length])


def test_tags_are_known_by_their_own_number() -> None:
    assert all(number == tag.number and tag.length > 0 and tag.source for number, tag in TAGS.items())
    assert TAGS[1059].form is Form.STLV


@given(st.text(alphabet="абв где\u00a0жз", max_size=200), st.sampled_from(WIDTHS))
def test_wrapping_loses_and_cuts_nothing(text: str, width: int) -> None:
    lines = wrapped(text, width, indent=2)
    assert all(len(line) <= width for line in lines)
    words = [word for word in text.split(" ") if word]
    if all(len(word) <= width - 2 for word in words):
        assert " ".join(line.strip(" ") for line in lines).split(" ") == (words or [""])


@given(st.text(alphabet="абв ", max_size=90), st.text(alphabet="1234567890", max_size=60), st.sampled_from(WIDTHS))
def test_pairs_fit(left: str, right: str, width: int) -> None:
    assert all(len(line) <= width for line in pair(left, right, width))


FACTS = ReceiptFacts(
    account="5001234567",
    period="октябрь 2026",
    service="Электроэнергия",
    amount=Money(1_234_567_89),
    meters=(
        MeterLine(
            "011070145236987",
            (
                RegisterReading("T1 день", "12345,6", "12200,1", "145,5"),
                RegisterReading("T2 ночь", "6789,0", "6700,0", "89,0"),
            ),
        ),
    ),
    balance=Money(-150_50),
    operation="2026-77-0001",
)


@pytest.mark.parametrize("width", WIDTHS)
def test_receipt_says_what_the_standards_ask(width: int) -> None:
    lines = (*lines_before("T-0001-000017", [FACTS], width), *lines_after([FACTS], width))
    text = "\n".join(lines)
    assert all(len(line) <= width for line in lines)
    for wanted in (
        "5001234567", "октябрь 2026", "Электроэнергия", "1 234 567,89 руб.", "011070145236987", "T1 день",
        "12200,1 - 12345,6", "T2 ночь", "145,5 кВт·ч", "Остаток долга", "150,50 руб.", "2026-77-0001",
    ):
        assert wanted in text
    assert "\u00a0" not in text
    assert "₽" not in text


def test_receipt_before_the_transfer_promises_it_today() -> None:
    waiting = ReceiptFacts("5001234567", "", "Электроэнергия", Money(100))
    text = " ".join(lines_after([waiting], 42))
    assert "будут переведены поставщику сегодня" in text
    assert "переведены поставщику, операция" not in text


def test_every_account_of_one_payment_is_named() -> None:
    other = ReceiptFacts("5009999999", "", "Отопление", Money(100), balance=Money(50_00))
    text = "\n".join(lines_after([FACTS, other], 42))
    assert "5001234567" in text
    assert "5009999999" in text
    assert "Аванс на счёте" in text


@pytest.mark.parametrize("reason", list(WaitingReason))
@pytest.mark.parametrize("width", WIDTHS)
def test_waiting_slip_says_where_the_money_is(reason: WaitingReason, width: int) -> None:
    facts = WaitingFacts(reason, "T-0001-000017", Money(500_00), "5001234567", "8 800 000-00-00", "T-0001", OPENED)
    lines = waiting_slip(facts, width)
    text = "\n".join(lines)
    assert all(len(line) <= width for line in lines)
    for wanted in ("T-0001-000017", "500 руб.", "Что делать", "8 800 000-00-00", "Не является кассовым чеком"):
        assert wanted in text.replace("\n", " ")
    assert "терминале" in text


def test_copy_is_marked_as_one() -> None:
    document = FiscalDocument("9999078902001234", 432, 3522207165, OPENED, Operation.SALE, Money(1500_00))
    text = "\n".join(copy_slip(document, "T-0001-000017", 42))
    assert "КОПИЯ ЧЕКА" in text
    assert "3522207165" in text
    assert document.qr_text() == "t=20261121T0800&s=1500.00&fn=9999078902001234&i=432&fp=3522207165&n=1"
