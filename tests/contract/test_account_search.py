"""Slips of the finger are found before the host is asked, and addresses are compared as both sides agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.billing_host import demo_accounts
from simulator.billing_host.account_generator import generate
from simulator.billing_host.account_numbers import is_right, with_check_digit
from simulator.billing_host.store import address_key as key_of_host
from terminal.accounts.account import LookupRefusal
from terminal.accounts.search import AddressKey, address_key, check_digit, has_right_check_digit, read_account_number
from tests.support.billing_bench import TODAY

STEMS = st.text("0123456789", min_size=9, max_size=9)
SPARED_SWAPS = ({"0", "9"},)


def test_worked_example_of_the_standard() -> None:
    assert check_digit("7992739871") == "3"
    assert has_right_check_digit("79927398713")


@given(STEMS)
def test_both_sides_compute_the_same_digit(stem: str) -> None:
    number = stem + check_digit(stem)
    assert with_check_digit(stem) == number
    assert read_account_number(number) == number


@given(STEMS, st.integers(0, 9), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(stem: str, place: int, shift: int) -> None:
    number = with_check_digit(stem)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1:]
    assert read_account_number(wrong) is LookupRefusal.WRONG_NUMBER
    assert not is_right(wrong)


@given(STEMS, st.integers(0, 8))
def test_swapped_neighbours_are_found(stem: str, place: int) -> None:
    number = with_check_digit(stem)
    pair = number[place:place + 2]
    swapped = number[:place] + pair[::-1] + number[place + 2:]
    if pair[0] != pair[1] and set(pair) not in SPARED_SWAPS:
        assert read_account_number(swapped) is LookupRefusal.WRONG_NUMBER


@pytest.mark.parametrize("typed", [
    "", "5", "520000001", "52000000155", "520000001x", "٥٢٠٠٠٠٠٠١٥", "5200000016", "²200000015",
])
def test_what_is_no_number(typed: str) -> None:
    assert read_account_number(typed) is LookupRefusal.WRONG_NUMBER


def test_spaces_and_hyphens_do_not_matter() -> None:
    assert read_account_number(" 5200-0000 15 ") == demo_accounts.DEBTOR


@pytest.mark.parametrize("typed", [
    ("г. Санкт-Петербург", "ул. Лётчика Пилютова", "д. 12 корп. 2", "кв. 34"),
    ("САНКТ-ПЕТЕРБУРГ", "лётчика пилютова ул", "12К2", "34"),
    ("санкт-петербург", "улица Летчика  Пилютова", "дом 12, к.2", "квартира 34"),
    ("город Санкт-Петербург", "ул.Летчика Пилютова", "12 корпус 2", "34 "),
])
def test_one_address_typed_in_many_ways(typed: tuple[str, str, str, str]) -> None:
    assert address_key(*typed) == AddressKey("санкт-петербург", "летчика пилютова", "12к2", "34")


def test_street_that_is_only_a_kind_of_street_keeps_its_name() -> None:
    assert address_key("Псков", "Набережная", "5").street == "набережная"


def test_key_of_every_generated_address_is_the_one_the_host_keeps() -> None:
    for account in (*generate(1, 500, TODAY), *demo_accounts.demo_accounts(TODAY)):
        key = address_key(account.locality, account.street, account.house, account.flat)
        assert key_of_host(account.locality, account.street, account.house, account.flat) == "|".join(
            (key.locality, key.street, key.house, key.flat))


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_any_text_makes_a_bounded_key(locality: str, street: str, house: str, flat: str) -> None:
    key = address_key(locality, street, house, flat)
    assert max(map(len, (key.locality, key.street, key.house, key.flat))) <= 300
