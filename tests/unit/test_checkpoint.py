"""Checkpoints: the bytes that are signed, and that nothing in them can be changed unseen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from contracts.checkpoint import (
    MAX_TEXT,
    NOWHERE,
    Checkpoint,
    Countersignature,
    Position,
    SignedCheckpoint,
    checkpoint_from,
    key_id,
    signed_from,
    signed_from_text,
)
from contracts.identifiers import TerminalId
from contracts.money import LIMIT_KOPECKS
from tests.support.checkpoints import checkpoint, position, sign, signed, signer

OTHERS: dict[str, Any] = {
    "terminal": "T-0002", "key": "0" * 16, "start": 2, "sequence": 8, "head": "f" * 64, "base_sequence": 1,
    "base_head": "1" * 64, "balances": {"cassette": 150_001, "provider-posted": 150_000}, "cassette": 50_001,
    "at": "2026-11-20T14:03:32+03:00", "storage": "9999078900001235", "document": 13,
}
"""Another value for every field of a checkpoint."""


def test_the_signed_bytes_never_change() -> None:
    """Written out, so that no change of reader and writer at once passes."""
    made = replace(checkpoint(7), position=Position(7, "a" * 64), key="0123456789abcdef")
    assert made.message() == (
        b'payment-terminal checkpoint 1\n{"at":"2026-11-20T14:03:31+03:00","balances":{"cassette":150000,'
        b'"provider-posted":150000},"base_head":"' + b"0" * 64 + b'","base_sequence":0,"cassette":50000,"document":12,'
        b'"head":"' + b"a" * 64 + b'","key":"0123456789abcdef","sequence":7,"start":1,"storage":"9999078900001234",'
        b'"terminal":"T-0001"}'
    )
    under = SignedCheckpoint(made, "b" * 64, "c" * 128)
    assert under.witness_message() == (
        b"payment-terminal witness 1\n" + made.message() + b"\n" + b"c" * 128)


def test_the_order_of_balances_is_nobodys_choice() -> None:
    turned = replace(checkpoint(7), balances={"provider-posted": 150_000, "cassette": 150_000})
    assert turned.message() == checkpoint(7).message()


def test_what_was_written_is_read_back() -> None:
    made = signed(7, base=position(5))
    assert checkpoint_from(json.loads(json.dumps(made.checkpoint.fields()))) == made.checkpoint
    assert signed_from(json.loads(json.dumps(made.fields()))) == made
    assert signed_from_text(made.text()) == made
    assert len(made.text()) < MAX_TEXT


def test_every_field_is_under_the_signature() -> None:
    made = signed(7)
    key, signature = signer(), bytes.fromhex(made.signature)
    assert OTHERS.keys() == made.checkpoint.fields().keys()
    assert key.verifies(key.public_key, made.checkpoint.message(), signature)
    for name, value in OTHERS.items():
        tampered = checkpoint_from({**made.checkpoint.fields(), name: value})
        assert not key.verifies(key.public_key, tampered.message(), signature), name


def test_the_counter_signature_covers_checkpoint_and_signature() -> None:
    made, host = signed(7), signer(b"host")
    counter = host.sign(made.witness_message())
    assert host.verifies(host.public_key, made.witness_message(), counter)
    for other in (sign(made.checkpoint, b"another"), signed(8)):
        assert not host.verifies(host.public_key, other.witness_message(), counter)
    assert not host.verifies(host.public_key, made.checkpoint.message(), counter)


@pytest.mark.parametrize(("name", "value"), [
    ("terminal", ""), ("terminal", "T 1"), ("terminal", "Т-0001"), ("terminal", "T" * 21), ("key", "0" * 15),
    ("key", "G" * 16), ("start", -1), ("start", True), ("start", 1.0), ("start", "1"), ("sequence", 10**12 + 1),
    ("sequence", -1), ("head", "A" * 64), ("head", "a" * 63), ("head", None), ("base_sequence", 8), ("base_head", ""),
    ("balances", []), ("balances", {"cassette": -1}), ("balances", {"cassette": LIMIT_KOPECKS}),
    ("balances", {"Cassette": 1}), ("balances", {"a" * (1 + each): 1 for each in range(33)}), ("balances", {"a": "1"}),
    ("cassette", -1), ("at", "2026-11-20 14:03:31+03:00"), ("at", "2026-11-20T14:03:31"),
    ("at", "２026-11-20T14:03:31+03:00"), ("storage", "9" * 21), ("storage", "ФН"), ("document", None),
])
def test_values_out_of_form_or_bounds_are_none(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        checkpoint_from({**checkpoint(7).fields(), name: value})


def test_only_exactly_these_fields_are_a_checkpoint() -> None:
    fields = signed(7).fields()
    wrongs: list[object] = [
        None, [], {}, {**fields, "more": 1}, {**fields, "signature": "c" * 127}, {**fields, "public_key": "C" * 64},
        {**fields, "checkpoint": {**fields["checkpoint"], "more": 1}}, {**fields, "checkpoint": None},
        *({each: fields[each] for each in fields if each != name} for name in fields),
    ]
    for wrong in wrongs:
        with pytest.raises(ValueError, match=r"."):
            signed_from(wrong)


@pytest.mark.parametrize("text", ["", "{", "[" * 5000, "{}", '"', " " * (MAX_TEXT + 1)])
def test_texts_that_are_no_checkpoint(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        signed_from_text(text)


def test_key_id_and_bounds_of_signatures() -> None:
    assert key_id(bytes(32)) == "66687aadf862bd77"
    with pytest.raises(ValueError, match="signature"):
        Countersignature("a" * 64, "b" * 127)
    with pytest.raises(ValueError, match="public_key"):
        Countersignature("a" * 63, "b" * 128)
    assert isinstance(checkpoint(1), Checkpoint)
    assert TerminalId("T-0001") == checkpoint(1).terminal
    assert NOWHERE.sequence == 0
