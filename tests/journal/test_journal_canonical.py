"""The canonical form of every kind of fact: the bytes that the chain covers, as a general JSON encoder writes them."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import Money
from terminal.payments.codec import BY_KIND, from_body, to_body
from terminal.payments.facts import Fact

TEXTS = st.text(max_size=20) | st.sampled_from(['"', "\\", "\n", "\x00\x1f\x7f", "\u2028", "Иванов", "😀", "\x80"])
AMOUNTS = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize("kind", BY_KIND)
@given(data=st.data())
def test_the_canonical_form_is_that_of_a_general_encoder(kind: str, data: st.DataObject) -> None:
    fact = data.draw(st.from_type(BY_KIND[kind]))
    expected = {field.name: _plain(getattr(fact, field.name)) for field in fields(fact)}
    body = to_body(fact)
    assert body == json.dumps(expected, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert "\n" not in body
    assert from_body(kind, body) == fact


@pytest.fixture(autouse=True, scope="module")
def _values() -> None:
    st.register_type_strategy(str, TEXTS)
    st.register_type_strategy(Money, AMOUNTS.map(Money))


def _plain(value: Any) -> object:
    return value.kopecks if isinstance(value, Money) else value


def test_a_form_written_once_never_changes() -> None:
    """As bytes, so that no change of both encoders at once passes."""
    assert _written("C20", '{"note":3,"payment":12,"value":10000}')
    assert _written("F30", '{"payment":12,"printed":true}')
    assert _written("S05", '{"payment":12,"reason":"клиент \\"ушёл\\"\\n"}')


def _written(kind: str, body: str) -> bool:
    fact: Fact = from_body(kind, body)
    return to_body(fact) == body
