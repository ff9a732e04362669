"""The host as witness of terminals' journals: keeps the last checkpoint of each, counter-signs what goes on from it.

A terminal's key is trusted at its first checkpoint and from then on the only one, until a person enrols the terminal
anew. Equal checkpoints get equal counter-signatures.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contracts.checkpoint import Countersignature, Position, SignedCheckpoint, key_id, signed_from_text
from simulator.billing_host.behaviours import Behaviours, Kind
from simulator.billing_host.store import Store

SCHEMA = Path(__file__).with_name("witness.sql")
WRONG_SIGNATURE, UNKNOWN_KEY = "wrong-signature", "unknown-key"
BEHIND, FORKED, NOT_CONTINUED = "behind", "forked", "not-continued"


@dataclass(frozen=True, slots=True)
class Seen:
    """The checkpoint does not go on from the one that is kept."""

    code: str
    kept: SignedCheckpoint


@dataclass(frozen=True, slots=True)
class NotWitnessed:
    """The checkpoint is not this terminal's, as far as the host knows."""

    code: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Kept and counter-signed."""

    by: Countersignature
    first: bool
    """Whether nothing was kept of the terminal before."""


class Witness:
    """Every public method is one transaction, on disk before it returns."""

    def __init__(self, store: Store, behaviours: Behaviours, seed: int) -> None:
        self._store = store
        self._behaviours = behaviours
        self._seed = seed
        self._key: Ed25519PrivateKey | None = None

    def witness(self, signed: SignedCheckpoint) -> Kept | Seen | NotWitnessed:
        """Keep and counter-sign, or say what stands against it."""
        key = self._ready()
        if self._behaviours.has(Kind.REFUSE_CHECKPOINTS):
            return NotWitnessed(self._behaviours.argument(Kind.REFUSE_CHECKPOINTS))
        if not _is_signed(signed):
            return NotWitnessed(WRONG_SIGNATURE)
        with self._store.transaction():
            kept = self._kept(signed.checkpoint.terminal)
            if kept is not None and kept.public_key != signed.public_key:
                return NotWitnessed(UNKNOWN_KEY)
            against = None if kept is None else _against(signed, kept)
            if kept is not None and against is not None:
                return Seen(against, kept)
            self._keep(signed)
        message = signed.witness_message()
        if self._behaviours.has(Kind.SIGN_WRONG):
            message += b"\n"
        by = Countersignature(key.public_key().public_bytes_raw().hex(), key.sign(message).hex())
        return Kept(by, first=kept is None)

    def forget(self, terminal: str) -> bool:
        """Lose the memory of a terminal: its next checkpoint is its first. Says whether there was any."""
        self._ready()
        with self._store.transaction():
            return self._store.connection.execute("DELETE FROM witnessed WHERE terminal = ?", (terminal,)).rowcount > 0

    def kept(self, terminal: str) -> dict[str, Any]:
        """What is kept of a terminal. Raises `ValueError` when there is nothing."""
        self._ready()
        row = self._store.connection.execute(
            "SELECT sequence, head, count, signed FROM witnessed WHERE terminal = ?", (terminal,)).fetchone()
        if row is None:
            raise ValueError(f"no checkpoint of {terminal}")
        checkpoint = signed_from_text(row[3]).checkpoint.fields()
        return {"sequence": row[0], "head": row[1], "count": row[2], "checkpoint": checkpoint}

    def _kept(self, terminal: str) -> SignedCheckpoint | None:
        row = self._store.connection.execute(
            "SELECT signed FROM witnessed WHERE terminal = ?", (terminal,)).fetchone()
        return None if row is None else signed_from_text(row[0])

    def _keep(self, signed: SignedCheckpoint) -> None:
        position = signed.checkpoint.position
        self._store.connection.execute(
            "INSERT INTO witnessed VALUES (?1, ?2, ?3, ?4, ?5, 1) ON CONFLICT (terminal) DO UPDATE SET"
            " sequence = ?3, head = ?4, signed = ?5, count = count + 1",
            (signed.checkpoint.terminal, signed.public_key, position.sequence, position.head, signed.text()))

    def _ready(self) -> Ed25519PrivateKey:
        """The host's key; the first use makes the tables and, in a fresh store, the secret."""
        if self._key is None:
            run = self._store.connection.execute
            self._store.connection.executescript(SCHEMA.read_text(encoding="utf-8"))
            fresh = sha256(b"witness %d" % self._seed).digest()
            run("INSERT INTO witness_secret VALUES (1, ?) ON CONFLICT (id) DO NOTHING", (fresh,))
            self._key = Ed25519PrivateKey.from_private_bytes(run("SELECT secret FROM witness_secret").fetchone()[0])
        return self._key


def _is_signed(signed: SignedCheckpoint) -> bool:
    key = bytes.fromhex(signed.public_key)
    if signed.checkpoint.key != key_id(key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(signed.signature), signed.checkpoint.message())
    except InvalidSignature:
        return False
    return True


def _against(signed: SignedCheckpoint, kept: SignedCheckpoint) -> str | None:
    """Why a checkpoint is not the next of the one that is kept; None when it is, or is the same once more."""
    ours: Position = kept.checkpoint.position
    theirs: Position = signed.checkpoint.position
    if theirs.sequence < ours.sequence:
        return BEHIND
    if theirs.sequence == ours.sequence:
        return None if theirs == ours else FORKED
    return None if signed.checkpoint.base == ours else NOT_CONTINUED
