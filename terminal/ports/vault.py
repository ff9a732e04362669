"""Port of the vault that keeps personal data unreadable at rest, and makes it unreadable for ever.

Each owner of data (a payment, readings given in one go: named by its idempotency key) has a key of its own, which is
kept in the journal in a form wrapped under the key of an epoch. Epoch keys lie in the vault alone, never in the
journal, its second copy or an export: once an epoch is destroyed, nothing wrapped under it opens anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

Entropy = Callable[[int], bytes]
"""So many random bytes, fit for keys."""

FIRST_FORM = 0
"""Epoch of data that was sealed before owners had keys: the root opens it."""


class VaultBroken(Exception):
    """Sealed data does not open: wrong key, or altered."""


class SealedField(StrEnum):
    """Which piece of an owner's data; one never opens as another."""

    CLIENT = "client"
    READINGS = "readings"


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one owner's data as it may lie on a disk."""

    owner: str
    epoch: int
    wrapped: bytes


class Vault(Protocol):
    @property
    def epoch(self) -> int:
        """The epoch that wraps keys now; 1, 2, 3 …"""
        ...

    @property
    def turning(self) -> bool:
        """An earlier epoch is not destroyed yet."""
        ...

    def data_key(self, owner: str) -> DataKey:
        """A fresh key under the present epoch."""
        ...

    def seal(self, plaintext: bytes, key: DataKey, field: SealedField) -> bytes:
        """Encrypt and authenticate, bound to owner, field and key; never the same bytes twice. Raises `VaultBroken`
        when the key does not unwrap."""
        ...

    def open(self, ciphertext: bytes, key: DataKey, field: SealedField) -> bytes:
        """Raises `VaultBroken`: altered, of another owner or field, or the key's epoch is destroyed."""
        ...

    def begin_epoch(self) -> int:
        """Make the key of the next epoch; when this returns, it survives a power cut. Raises `OSError` of the disk."""
        ...

    def rewrapped(self, key: DataKey) -> DataKey:
        """The same key under the present epoch. Raises `VaultBroken`."""
        ...

    def destroy_before(self, epoch: int) -> None:
        """Destroy the keys of all earlier epochs, for good. Raises `OSError` of the disk; may then be done again."""
        ...
