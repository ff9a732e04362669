"""The vault: personal data sealed under a key of its owner's, that key under an epoch's, and that one under the root.

Sealed form 2: version byte, 96-bit random nonce, AES-256-GCM ciphertext with its 128-bit tag. Version, owner and field
are authenticated with it; the owner's name holds that of the terminal. A key seals a handful of messages, so that a
random nonce is safe (NIST SP 800-38D, 8.3). Keys are wrapped by AES key wrap (RFC 3394), which notices any change.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from terminal.journal.key_files import read_numbered, write_numbered
from terminal.journal.root_key import KEY_BYTES, NONCE_BYTES, TAG_BYTES, WRAPPED_BYTES, FileRootKey
from terminal.ports.root_key import RootKey
from terminal.ports.vault import FIRST_FORM, DataKey, Entropy, SealedField, VaultBroken

VERSION = 2
RING_NAME = "vault.epochs"
"""The file of the epochs' wrapped keys, beside the root's."""
EPOCHS = range(1, 2**31)

_HEADER = bytes((VERSION,))


class KeyRing(Protocol):
    """Where the wrapped keys of the epochs lie: the only copy there is."""

    def read(self) -> dict[int, bytes]:
        """By epoch; empty before the first. Raises `VaultBroken`."""
        ...

    def write(self, keys: dict[int, bytes]) -> None:
        """Replace all, durably; what is left out is overwritten. Raises `OSError`."""
        ...


class FileKeyRing:
    """Implements `KeyRing` with a small file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[int, bytes]:
        """By epoch; empty when there is no file. Raises `VaultBroken`."""
        return read_numbered(self._path, WRAPPED_BYTES, EPOCHS) if self._path.exists() else {}

    def write(self, keys: dict[int, bytes]) -> None:
        """Replace all, durably. Raises `OSError`."""
        write_numbered(self._path, sorted(keys.items()))


class EpochVault:
    """Implements `ports.vault.Vault` over a root key, a ring of epoch keys and a source of randomness."""

    def __init__(self, root: RootKey, ring: KeyRing, entropy: Entropy) -> None:
        """Unwrap the epochs' keys, or begin the first epoch. Raises `VaultBroken`."""
        self._root = root
        self._ring = ring
        self._entropy = entropy
        self._wrapped = ring.read()
        self._epochs = {number: root.unwrap(wrapped) for number, wrapped in self._wrapped.items()}
        if not self._epochs:
            self.begin_epoch()

    @property
    def epoch(self) -> int:
        """The epoch that wraps keys now."""
        return max(self._epochs)

    @property
    def turning(self) -> bool:
        """An earlier epoch is not destroyed yet."""
        return len(self._epochs) > 1

    def data_key(self, owner: str) -> DataKey:
        """A fresh key under the present epoch."""
        return self._wrap(owner, self._entropy(KEY_BYTES))

    def seal(self, plaintext: bytes, key: DataKey, field: SealedField) -> bytes:
        """Encrypt and authenticate. Raises `VaultBroken` when the key does not unwrap."""
        nonce = self._entropy(NONCE_BYTES)
        return _HEADER + nonce + AESGCM(self._unwrap(key)).encrypt(nonce, plaintext, _context(key.owner, field))

    def open(self, ciphertext: bytes, key: DataKey, field: SealedField) -> bytes:
        """Raises `VaultBroken`: altered, of another owner or field, or the key's epoch is destroyed."""
        if key.epoch == FIRST_FORM:
            return self._open_first_form(ciphertext, key.owner)
        start = len(_HEADER) + NONCE_BYTES
        if len(ciphertext) < start + TAG_BYTES or ciphertext[: len(_HEADER)] != _HEADER:
            raise VaultBroken(f"sealed data of {len(ciphertext)} bytes has an unknown form")
        cipher, nonce = AESGCM(self._unwrap(key)), ciphertext[len(_HEADER) : start]
        try:
            return cipher.decrypt(nonce, ciphertext[start:], _context(key.owner, field))
        except InvalidTag as error:
            raise VaultBroken("sealed data was altered or belongs elsewhere") from error

    def begin_epoch(self) -> int:
        """Make the key of the next epoch, durably. Raises `OSError`; the present epoch then goes on."""
        number, key = max(self._epochs, default=0) + 1, self._entropy(KEY_BYTES)
        wrapped = {**self._wrapped, number: self._root.wrap(key)}
        self._ring.write(wrapped)
        self._wrapped, self._epochs[number] = wrapped, key
        return number

    def rewrapped(self, key: DataKey) -> DataKey:
        """The same key under the present epoch. Raises `VaultBroken`."""
        return self._wrap(key.owner, self._unwrap(key))

    def destroy_before(self, epoch: int) -> None:
        """Destroy the keys of all earlier epochs. Raises `OSError`; may then be done again."""
        kept = {number: wrapped for number, wrapped in self._wrapped.items() if number >= epoch}
        if not kept:
            raise ValueError(f"epoch {epoch} has not begun")
        if kept != self._wrapped:
            self._ring.write(kept)
            self._wrapped, self._epochs = kept, {number: self._epochs[number] for number in kept}

    def _wrap(self, owner: str, key: bytes) -> DataKey:
        return DataKey(owner, self.epoch, aes_key_wrap(self._epochs[self.epoch], key))

    def _unwrap(self, key: DataKey) -> bytes:
        epoch = self._epochs.get(key.epoch)
        if epoch is None:
            raise VaultBroken(f"the key of epoch {key.epoch} is destroyed")
        try:
            return aes_key_unwrap(epoch, key.wrapped)
        except (InvalidUnwrap, ValueError) as error:
            raise VaultBroken(f"the key of {key.owner} was altered") from error

    def _open_first_form(self, ciphertext: bytes, owner: str) -> bytes:
        if not isinstance(self._root, FileRootKey):
            raise VaultBroken("data of the first form opens only with the root key file it was sealed with")
        return self._root.open_first_form(ciphertext, owner)


class FileVault(EpochVault):
    """The vault with its root key in the file `path` and its ring beside it."""

    def __init__(self, path: Path, entropy: Entropy = os.urandom) -> None:
        """Raises `VaultBroken`: a file is damaged, missing beside the other, or another terminal's."""
        ring = path.with_name(RING_NAME)
        if ring.exists() and not path.exists():
            raise VaultBroken(f"the root key file {path} is missing, and {ring} does not open without it")
        super().__init__(FileRootKey(path, entropy), FileKeyRing(ring), entropy)


def _context(owner: str, field: SealedField) -> bytes:
    return b"%b%b\n%b" % (_HEADER, owner.encode(), field.value.encode())
