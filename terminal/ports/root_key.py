"""Port of the key above all others: one to a terminal, put into it when it is provisioned.

It only wraps and unwraps other keys, so that it may lie in hardware that never gives it away (TPM, secure element).
"""

from __future__ import annotations

from typing import Protocol

from terminal.ports.vault import VaultBroken

__all__ = ["RootKey", "VaultBroken"]


class RootKey(Protocol):
    def wrap(self, key: bytes) -> bytes:
        """A key of 32 bytes as it may lie on a disk."""
        ...

    def unwrap(self, wrapped: bytes) -> bytes:
        """Raises `VaultBroken`: altered, or wrapped by the root of another terminal."""
        ...
