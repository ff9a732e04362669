"""Port of the key that the terminal signs its checkpoints with."""

from __future__ import annotations

from typing import Protocol


class SigningKeyBroken(Exception):
    """The key cannot be used: damaged, or readable by others. Says which file."""


class Signer(Protocol):
    """Ed25519 (RFC 8032). Signatures are deterministic: the same message always gets the same one."""

    @property
    def public_key(self) -> bytes:
        """32 bytes, to be shown to anybody."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        ...

    def verifies(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Whether `signature` over `message` was made with the key that belongs to `public_key`, anybody's."""
        ...
