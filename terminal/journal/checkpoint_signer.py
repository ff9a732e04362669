"""The key that signs checkpoints of the journal: a file of its own, made once, readable by its owner only.

It lies beside the journal. Whoever copies the whole directory has the key too; that such a copy lives on is found by
the witness, not by the key.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contracts.checkpoint import PUBLIC_KEY_BYTES, SIGNATURE_BYTES
from terminal.ports.signer import SigningKeyBroken

SECRET_BYTES = 32
_OTHERS = 0o077
_MAX_FILE_BYTES = 2 * SECRET_BYTES + 1


class Ed25519Signer:
    """Implements `ports.signer.Signer` with a secret of 32 bytes."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self._public = self._key.public_key().public_bytes_raw()

    @property
    def public_key(self) -> bytes:
        return self._public

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def verifies(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        if len(public_key) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def file_signer(path: Path) -> Ed25519Signer:
    """The signer whose secret is in `path` (64 hexadecimal digits), made when there is none.

    Raises `SigningKeyBroken` for a damaged or readable-by-others file.
    """
    if not path.exists():
        _write_atomically(path, os.urandom(SECRET_BYTES).hex() + "\n")
    if path.stat().st_mode & _OTHERS:
        raise SigningKeyBroken(f"key file {path} must be readable by its owner only (mode 0600)")
    try:
        with path.open("rb") as opened:
            text = opened.read(_MAX_FILE_BYTES + 1).decode("ascii")
        secret = bytes.fromhex(text.removesuffix("\n"))
        if len(secret) != SECRET_BYTES or len(text) > _MAX_FILE_BYTES:
            raise ValueError("not a key")
    except ValueError as error:
        raise SigningKeyBroken(f"key file {path} is damaged") from error
    return Ed25519Signer(secret)


def _write_atomically(path: Path, text: str) -> None:
    """After a power cut the file is there as a whole or not at all."""
    fresh = path.with_name(path.name + ".fresh")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, text.encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)
    fresh.rename(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
