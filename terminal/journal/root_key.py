"""The root key in a file, for terminals without hardware that could hold it.

The file is put in place when the terminal is provisioned, or made at the very first start. Its keys never encrypt
data: what wraps other keys is derived from them (HKDF, RFC 5869). Only data of the first form, sealed before owners
had keys, is opened with them directly.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from terminal.journal.key_files import read_numbered, write_numbered
from terminal.ports.vault import Entropy, VaultBroken

KEY_BYTES = 32
WRAPPED_BYTES = 1 + KEY_BYTES + 8
"""Number of the root, then AES key wrap (RFC 3394), which is 8 bytes longer than the key."""
NUMBERS = range(1, 256)
"""Roots of one file: the number is one byte."""
FIRST_FORM_VERSION = 1
NONCE_BYTES = 12
TAG_BYTES = 16

_PURPOSE = b"terminal root: wrap the keys of epochs"
_HEADER_BYTES = 2


class FileRootKey:
    """Implements `ports.root_key.RootKey`. The root with the highest number wraps, all of them unwrap."""

    def __init__(self, path: Path, entropy: Entropy = os.urandom) -> None:
        """Read the file, or make it with a first root. Raises `VaultBroken` for one that cannot be used."""
        if not path.exists():
            write_numbered(path, ((NUMBERS[0], entropy(KEY_BYTES)),))
        self._given = read_numbered(path, KEY_BYTES, NUMBERS)
        self._roots = {number: _derive(key) for number, key in self._given.items()}
        self._newest = max(self._roots)

    def wrap(self, key: bytes) -> bytes:
        """A key of 32 bytes as it may lie on a disk."""
        return bytes((self._newest,)) + aes_key_wrap(self._roots[self._newest], key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Raises `VaultBroken`: altered, or wrapped by the root of another terminal."""
        root = self._roots.get(wrapped[0]) if wrapped else None
        if root is None:
            raise VaultBroken("the root key is another one: the key file belongs to another terminal or is incomplete")
        try:
            return aes_key_unwrap(root, wrapped[1:])
        except InvalidUnwrap as error:
            raise VaultBroken("the root key does not open the keys: it is another terminal's, or they are altered") \
                from error

    def open_first_form(self, ciphertext: bytes, context: str) -> bytes:
        """Data sealed under a root itself: version, number, nonce, ciphertext with tag. Raises `VaultBroken`."""
        if len(ciphertext) < _HEADER_BYTES + NONCE_BYTES + TAG_BYTES:
            raise VaultBroken(f"sealed data of {len(ciphertext)} bytes is too short")
        header, nonce = ciphertext[:_HEADER_BYTES], ciphertext[_HEADER_BYTES : _HEADER_BYTES + NONCE_BYTES]
        key = self._given.get(header[1])
        if header[0] != FIRST_FORM_VERSION or key is None:
            raise VaultBroken(f"sealed form {header[0]} under root {header[1]} is unknown")
        try:
            return AESGCM(key).decrypt(nonce, ciphertext[_HEADER_BYTES + NONCE_BYTES :], header + context.encode())
        except InvalidTag as error:
            raise VaultBroken("sealed data was altered or belongs elsewhere") from error


def _derive(key: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_PURPOSE).derive(key)
