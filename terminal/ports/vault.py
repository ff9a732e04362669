"""Port of the vault that keeps personal data unreadable at rest."""

from __future__ import annotations

from typing import Protocol


class VaultBroken(Exception):
    """Sealed data does not open: wrong key, or altered."""


class Vault(Protocol):
    def seal(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt and authenticate; `context` (e.g. an idempotency key) must be the same when opening."""
        ...

    def open(self, ciphertext: bytes, context: str) -> bytes:
        """Raises `VaultBroken`."""
        ...
