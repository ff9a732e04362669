"""Masking shows enough to recognise oneself and hides the rest, whatever the host sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.billing_host.account_generator import generate
from simulator.billing_host.records import LEGAL_ENTITY
from terminal.accounts.account import HolderKind
from terminal.accounts.masking import masked_address, masked_holder, masked_name, masked_word
from tests.support.billing_bench import TODAY


@pytest.mark.parametrize(("full", "masked"), [
    ("Иванов Пётр Семёнович", "И****в П. С."), ("  Иванов   П.С. ", "И****в П. С."), ("Ли", "Л****"),
    ("Юн А", "Ю**** А."),
    ("Римский-Корсаков Николай Андреевич", "Р****в Н. А."), ("", ""), ("И****в П. С.", "И****в П. С."),
    ("Оглы Али Вели Гасан Мамед", "О****ы А. В. Г."),
])
def test_names(full: str, masked: str) -> None:
    assert masked_name(full) == masked


@pytest.mark.parametrize(("full", "masked"), [
    ("ул. Ленина, д. 12, кв. 34", "ул. Л****а, д. 12, кв. **"),
    ("180000, Псковская обл., г. Псков, ул. Ленина, д. 12, кв. 34",
     "Псковская обл., г. Псков, ул. Л****а, д. 12, кв. **"),
    ("г. Тверь, Невский проспект, д. 12 корп. 2 лит. А, квартира 7",
     "г. Тверь, Н****й проспект, д. 12 корп. 2 лит. А, квартира **"),
    ("ул. Ленина, 12, 34", "ул. Л****а, 1****, 3****"), ("Ленина 12-34", "Л****а 1****4"), ("", ""),
    ("пр-т К. Маркса, д.5", "пр-т К**** М****а, д.5"),
])
def test_addresses(full: str, masked: str) -> None:
    assert masked_address(full) == masked


def test_companies_are_public_and_sole_traders_are_not() -> None:
    assert masked_holder(HolderKind.LEGAL_ENTITY, "ООО «Пекарня  у дома»") == "ООО «Пекарня у дома»"
    assert masked_holder(HolderKind.LEGAL_ENTITY, "ИП Соколов Юрий Олегович") == "ИП С****в Ю. О."
    assert masked_holder(HolderKind.INDIVIDUAL, "Соколов Юрий Олегович") == "С****в Ю. О."


def test_nothing_of_a_generated_person_gets_through() -> None:
    for account in generate(3, 400, TODAY):
        if account.kind == LEGAL_ENTITY:
            continue
        surname, first, father = account.holder.split()
        masked = f"{masked_holder(HolderKind.INDIVIDUAL, account.holder)} {masked_address(account.address)}"
        assert surname not in masked
        assert f"{first} " not in masked
        assert father not in masked
        assert not account.flat or f"кв. {account.flat}" not in masked


@given(st.text(max_size=120))
def test_masking_again_changes_nothing(text: str) -> None:
    assert masked_name(masked_name(text)) == masked_name(text)
    assert masked_address(masked_address(text)) == masked_address(text)


@given(st.text("абвгд", min_size=1, max_size=30))
def test_length_of_a_word_is_hidden(word: str) -> None:
    assert len(masked_word(word)) in (5, 6)
