"""Checkpoints: what a terminal says of its journal under its signature, and a billing host signs once more.

The host is the witness: it keeps the last checkpoint of each terminal and counter-signs only one that goes on from it.
A journal that was put back to an earlier state, or that lives on in two places, cannot go on from what the witness
holds. The bytes that are signed are defined here once for both sides; signing and checking belong to whoever has keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from contracts.identifiers import TerminalId
from contracts.money import LIMIT_KOPECKS

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64
"""Ed25519, RFC 8032."""
MAX_SEQUENCE = 10**12
"""Records of one journal."""
MAX_BALANCES = 32
MAX_TEXT = 8192
"""Characters of a checkpoint or a signed checkpoint as text."""

_CHECKPOINT = b"payment-terminal checkpoint 1\n"
_WITNESS = b"payment-terminal witness 1\n"
"""What is signed for one purpose never passes for another."""
_TERMINAL = re.compile(r"[A-Za-z0-9-]{1,20}")
_KEY = re.compile(r"[0-9a-f]{16}")
_HEAD = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_ACCOUNT = re.compile(r"[a-z-]{1,40}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]{8,15}(Z|[+-]\d\d:\d\d)", re.ASCII)
_STORAGE = re.compile(r"[0-9A-Za-z]{0,20}")


def _whole(name: str, value: object, most: int) -> None:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"{name}: not a whole number in its range")


def _form(name: str, value: object, form: re.Pattern[str]) -> None:
    if not isinstance(value, str) or form.fullmatch(value) is None:
        raise ValueError(f"{name}: not of its form")


@dataclass(frozen=True, slots=True)
class Position:
    """A record of the journal and the link of its chain there, hexadecimal."""

    sequence: int
    head: str

    def __post_init__(self) -> None:
        _whole("sequence", self.sequence, MAX_SEQUENCE)
        _form("head", self.head, _HEAD)


NOWHERE = Position(0, "0" * 64)
"""What the first checkpoint goes on from."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A journal at one moment. Raises `ValueError` for a field out of its form or bounds."""

    terminal: TerminalId
    key: str
    """`key_id` of the key that signs."""
    start: int
    """The record with which the process began: another one after each start of the service."""
    position: Position
    base: Position
    """The checkpoint that this one goes on from: the last one the terminal knows the witness to hold."""
    balances: Mapping[str, int]
    """Balance of every ledger account by name, kopecks, on its normal side."""
    cassette: int
    """Notes since the cassette was last emptied, kopecks."""
    at: str
    """Wall time, zone-aware ISO."""
    storage: str
    """Fiscal storage (ФН, tag 1041) of the newest receipt in the journal; empty before the first."""
    document: int
    """That receipt's number (ФД, tag 1040); 0 before the first."""

    def __post_init__(self) -> None:
        _form("terminal", self.terminal, _TERMINAL)
        _form("key", self.key, _KEY)
        _whole("start", self.start, MAX_SEQUENCE)
        if self.base.sequence > self.position.sequence:
            raise ValueError("base: after the position")
        if len(self.balances) > MAX_BALANCES:
            raise ValueError("balances: too many")
        for account, kopecks in self.balances.items():
            _form("balances", account, _ACCOUNT)
            _whole(account, kopecks, LIMIT_KOPECKS - 1)
        _whole("cassette", self.cassette, LIMIT_KOPECKS - 1)
        _form("at", self.at, _MOMENT)
        _form("storage", self.storage, _STORAGE)
        _whole("document", self.document, MAX_SEQUENCE)

    def fields(self) -> dict[str, Any]:
        """As the contract with billing hosts writes it."""
        return {
            "terminal": self.terminal,
            "key": self.key,
            "start": self.start,
            "sequence": self.position.sequence,
            "head": self.position.head,
            "base_sequence": self.base.sequence,
            "base_head": self.base.head,
            "balances": dict(self.balances),
            "cassette": self.cassette,
            "at": self.at,
            "storage": self.storage,
            "document": self.document,
        }

    def message(self) -> bytes:
        """The bytes that the terminal signs: a tag, then the fields as canonical JSON (RFC 8785; all of it ASCII)."""
        return _CHECKPOINT + _canonical(self.fields()).encode("ascii")


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint under the terminal's signature; key and signature in hexadecimal. Being one proves nothing."""

    checkpoint: Checkpoint
    public_key: str
    signature: str

    def __post_init__(self) -> None:
        _form("public_key", self.public_key, _HEAD)
        _form("signature", self.signature, _SIGNATURE)

    def fields(self) -> dict[str, Any]:
        return {
            "checkpoint": self.checkpoint.fields(), "public_key": self.public_key, "signature": self.signature,
        }

    def text(self) -> str:
        """Canonical JSON, for keeping. `signed_from_text` reads it back."""
        return _canonical(self.fields())

    def witness_message(self) -> bytes:
        """The bytes that the witness signs: a tag, the signed message of the terminal, a line feed, its signature."""
        return _WITNESS + self.checkpoint.message() + b"\n" + self.signature.encode("ascii")


@dataclass(frozen=True, slots=True)
class Countersignature:
    """The witness's key and signature, hexadecimal."""

    public_key: str
    signature: str

    def __post_init__(self) -> None:
        _form("public_key", self.public_key, _HEAD)
        _form("signature", self.signature, _SIGNATURE)


def key_id(public_key: bytes) -> str:
    """The short name of a key: the first 8 bytes of its SHA-256."""
    return sha256(public_key).digest()[:8].hex()


def checkpoint_from(fields: object) -> Checkpoint:
    """Read what `Checkpoint.fields` wrote. Raises `ValueError` for anything else, a field too many included."""
    values = _object(fields, _FIELDS)
    balances = values["balances"]
    if not isinstance(balances, dict):
        raise ValueError("balances: not an object")
    return Checkpoint(
        terminal=values["terminal"],
        key=values["key"],
        start=values["start"],
        position=Position(values["sequence"], values["head"]),
        base=Position(values["base_sequence"], values["base_head"]),
        balances=balances,
        cassette=values["cassette"],
        at=values["at"],
        storage=values["storage"],
        document=values["document"],
    )


def signed_from(fields: object) -> SignedCheckpoint:
    """Read what `SignedCheckpoint.fields` wrote. Raises `ValueError`."""
    values = _object(fields, _SIGNED_FIELDS)
    return SignedCheckpoint(checkpoint_from(values["checkpoint"]), values["public_key"], values["signature"])


def signed_from_text(text: str) -> SignedCheckpoint:
    """Read what `SignedCheckpoint.text` wrote. Raises `ValueError`."""
    if len(text) > MAX_TEXT:
        raise ValueError("a signed checkpoint is not so long")
    try:
        return signed_from(json.loads(text))
    except RecursionError as error:
        raise ValueError("not a signed checkpoint") from error


_FIELDS = frozenset((
    "terminal", "key", "start", "sequence", "head", "base_sequence", "base_head", "balances", "cassette", "at",
    "storage", "document",
))
_SIGNED_FIELDS = frozenset(("checkpoint", "public_key", "signature"))


def _canonical(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _object(fields: object, names: frozenset[str]) -> dict[str, Any]:
    if not isinstance(fields, dict) or fields.keys() != names:
        raise ValueError("not the fields of a checkpoint")
    return fields
