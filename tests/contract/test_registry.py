"""The day's registry to the byte, and texts that would break it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.identifiers import AccountNumber, OperationNumber
from contracts.money import Money
from simulator.billing_host.demo_accounts import DEBTOR
from terminal.transfer.osmp_requests import transaction_id
from terminal.transfer.registry import RegistryEncoding, RegistryEntry, registry
from tests.support.billing_bench import NOON

FIRST = RegistryEntry(transaction_id(1, 1), NOON, AccountNumber(DEBTOR), Money(1_234_50), OperationNumber("7000000001"))
SECOND = replace(FIRST, transaction=transaction_id(1, 2), amount=Money(7), operation=OperationNumber("7000000002"))
TEXT = (
    "txn_id;дата;лицевой счёт;сумма;номер получателя\r\n"
    "1000000001;20.11.2026 12:00:00;5200000015;1234.50;7000000001\r\n"
    "1000000002;20.11.2026 12:00:00;5200000015;0.07;7000000002\r\n"
    "ИТОГО;2026-11-20;2;1234.57;\r\n")


@pytest.mark.parametrize("encoding", list(RegistryEncoding))
def test_lines_and_totals(encoding: RegistryEncoding) -> None:
    made = registry("2026-11-20", [SECOND, FIRST], encoding)
    assert made.decode(encoding.value) == TEXT
    assert made.startswith(b"\xef\xbb\xbf") is (encoding is RegistryEncoding.UTF_8)


def test_empty_day() -> None:
    assert registry("2026-11-20", [], RegistryEncoding.CP1251).decode("cp1251").endswith("ИТОГО;2026-11-20;0;0.00;\r\n")


@pytest.mark.parametrize("operation", ["7;8", "7\n8", '7"', "=1+1", "-7", "\t7"])
def test_text_that_would_leave_its_cell_is_refused(operation: str) -> None:
    with pytest.raises(ValueError, match="cell"):
        registry("2026-11-20", [replace(FIRST, operation=OperationNumber(operation))], RegistryEncoding.UTF_8)


def test_payment_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        registry("2026-11-20", [FIRST, replace(FIRST, amount=Money(1))], RegistryEncoding.UTF_8)
