"""Small files that hold keys: whole or absent after a power cut, their owner's only, and overwritten when replaced."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from terminal.ports.vault import VaultBroken

_OTHERS = 0o077


def read_numbered(path: Path, key_bytes: int, numbers: range) -> dict[int, bytes]:
    """Lines `<number> <hexadecimal digits>`. Raises `VaultBroken`: damaged, empty, readable by others, not readable."""
    keys: dict[int, bytes] = {}
    try:
        if path.stat().st_mode & _OTHERS:
            raise VaultBroken(f"key file {path} must be readable by its owner only (mode 0600)")
        for line in path.read_text(encoding="ascii").splitlines():
            number, key = line.split(" ")
            if len(key) != 2 * key_bytes or int(number) not in numbers or int(number) in keys:
                raise ValueError("a line is not a key")
            keys[int(number)] = bytes.fromhex(key)
    except ValueError as error:
        raise VaultBroken(f"key file {path} is damaged") from error
    except OSError as error:
        raise VaultBroken(f"key file {path} cannot be read: {error.strerror}") from error
    if not keys:
        raise VaultBroken(f"key file {path} is empty")
    return keys


def write_numbered(path: Path, keys: Iterable[tuple[int, bytes]]) -> None:
    """Replace the file in one go and overwrite what it held. Raises `OSError`; the old file is then still whole.

    Overwriting reaches the old blocks of a file system that writes in place. Flash may keep a copy of its own: there
    only hardware that holds the root, or an encrypted partition, keeps an old key from being dug out.
    """
    text = "".join(f"{number} {key.hex()}\n" for number, key in keys).encode("ascii")
    fresh = path.with_name(path.name + ".fresh")
    fresh.unlink(missing_ok=True)
    _write(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), text)
    old = os.open(path, os.O_WRONLY | os.O_CLOEXEC) if path.exists() else None
    fresh.rename(path)
    _sync_directory(path.parent)
    if old is not None:
        _write(old, bytes(os.fstat(old).st_size))


def _write(handle: int, content: bytes) -> None:
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_directory(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
