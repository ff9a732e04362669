"""Checkpoints made up for tests and signed with real keys."""

from __future__ import annotations

from hashlib import sha256

from contracts.checkpoint import NOWHERE, Checkpoint, Position, SignedCheckpoint, key_id
from contracts.identifiers import TerminalId
from terminal.journal.checkpoint_signer import Ed25519Signer


def signer(name: bytes = b"terminal") -> Ed25519Signer:
    """The key that belongs to a name."""
    return Ed25519Signer(sha256(name).digest())


def position(sequence: int, history: str = "a") -> Position:
    """A record of the journal that has this history: the same for the same text."""
    return Position(sequence, sha256(f"{sequence} {history}".encode()).hexdigest())


def checkpoint(
    sequence: int, history: str = "a", base: Position = NOWHERE, by: bytes = b"terminal", terminal: str = "T-0001"
) -> Checkpoint:
    return Checkpoint(
        terminal=TerminalId(terminal), key=key_id(signer(by).public_key), start=1, position=position(sequence, history),
        base=base, balances={"cassette": 150_000, "provider-posted": 150_000}, cassette=50_000,
        at="2026-11-20T14:03:31+03:00", storage="9999078900001234", document=12,
    )


def signed(
    sequence: int, history: str = "a", base: Position = NOWHERE, by: bytes = b"terminal", terminal: str = "T-0001"
) -> SignedCheckpoint:
    """A checkpoint under the signature of `by`."""
    return sign(checkpoint(sequence, history, base, by, terminal), by)


def sign(unsigned: Checkpoint, by: bytes = b"terminal") -> SignedCheckpoint:
    key = signer(by)
    return SignedCheckpoint(unsigned, key.public_key.hex(), key.sign(unsigned.message()).hex())
