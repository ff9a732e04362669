"""The vault: personal data sealed with AES-256-GCM under a key that lies in a file of its own.

Sealed form: version byte, key number byte, 96-bit random nonce, ciphertext with its 128-bit tag. The first two bytes
and the caller's context are authenticated with it, so that data moved to another row does not open. A random nonce is
safe for 2^32 messages of one key (NIST SP 800-38D, 8.3), some thousands of years of one terminal.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from terminal.ports.vault import VaultBroken

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
VERSION = 1
FIRST_KEY = 1
KEYS_LIMIT = 255
"""Keys of one file: the number is one byte."""

_HEADER_BYTES = 2
_OTHERS = 0o077


class FileVault:
    """Implements `ports.vault.Vault` with the keys of one file; the last one seals, all of them open."""

    def __init__(self, path: Path) -> None:
        """Read the keys, or make the first one. Raises `VaultBroken` for a damaged or readable-by-others file."""
        if not path.exists():
            _write_atomically(path, f"{FIRST_KEY} {os.urandom(KEY_BYTES).hex()}\n")
        self._keys = _read_keys(path)
        self._newest = max(self._keys)

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt and authenticate; never the same bytes twice."""
        header = bytes((VERSION, self._newest))
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + self._keys[self._newest].encrypt(nonce, plaintext, header + context.encode())

    def open(self, ciphertext: bytes, context: str) -> bytes:
        """Raises `VaultBroken`: unknown version or key, altered data, another context."""
        if len(ciphertext) < _HEADER_BYTES + NONCE_BYTES + TAG_BYTES:
            raise VaultBroken(f"sealed data of {len(ciphertext)} bytes is too short")
        header, nonce = ciphertext[:_HEADER_BYTES], ciphertext[_HEADER_BYTES : _HEADER_BYTES + NONCE_BYTES]
        if header[0] != VERSION:
            raise VaultBroken(f"sealed form {header[0]} is unknown")
        key = self._keys.get(header[1])
        if key is None:
            raise VaultBroken(f"key {header[1]} is not in the key file")
        try:
            return key.decrypt(nonce, ciphertext[_HEADER_BYTES + NONCE_BYTES :], header + context.encode())
        except InvalidTag as error:
            raise VaultBroken("sealed data was altered or belongs elsewhere") from error


def _read_keys(path: Path) -> dict[int, AESGCM]:
    """Lines `<number> <64 hexadecimal digits>`. Raises `VaultBroken`."""
    if path.stat().st_mode & _OTHERS:
        raise VaultBroken(f"key file {path} must be readable by its owner only (mode 0600)")
    keys: dict[int, AESGCM] = {}
    try:
        for line in path.read_text(encoding="ascii").splitlines():
            number, key = line.split(" ")
            if len(key) != 2 * KEY_BYTES or not FIRST_KEY <= int(number) <= KEYS_LIMIT or int(number) in keys:
                raise ValueError("a line is not a key")
            keys[int(number)] = AESGCM(bytes.fromhex(key))
    except ValueError as error:
        raise VaultBroken(f"key file {path} is damaged") from error
    if not keys:
        raise VaultBroken(f"key file {path} is empty")
    return keys


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
