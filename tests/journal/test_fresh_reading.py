"""After `read_afresh` the system holds nothing of a file, so that the next read is the disk's own answer."""

from __future__ import annotations

import ctypes
import mmap
import os
import subprocess
from pathlib import Path

import pytest

from terminal.journal.fresh_reading import read_afresh

PAGES = 16
CONTENT = os.urandom(PAGES * mmap.PAGESIZE)
_LIBC = ctypes.CDLL(None, use_errno=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that is on the disk and in the system's memory."""
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    with file.open("rb") as handle:
        os.fsync(handle.fileno())
    if _lies_in_memory(tmp_path):
        pytest.skip("a file system in memory holds all of its files there")
    return file


def test_what_was_held_is_forgotten(file: Path) -> None:
    assert _held(file) == PAGES
    read_afresh(file)
    assert _held(file) == 0
    assert file.read_bytes() == CONTENT


def test_what_was_only_held_is_written_first(file: Path) -> None:
    """A killed process has left a write to the system: it is not lost, and it is read from the disk."""
    with file.open("r+b", buffering=0) as handle:
        handle.write(b"written and never synced")
    read_afresh(file)
    assert _held(file) == 0
    assert file.read_bytes().startswith(b"written and never synced")


def test_a_missing_file_stays_missing(tmp_path: Path) -> None:
    read_afresh(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def _held(file: Path) -> int:
    """Pages of the file in the system's memory, by mincore(2): unlike a read that must not wait it fetches none."""
    size = file.stat().st_size
    pages = (ctypes.c_ubyte * -(-size // mmap.PAGESIZE))()
    with file.open("r+b") as handle, mmap.mmap(handle.fileno(), size) as mapped:
        begin = ctypes.c_char.from_buffer(mapped)
        found = _LIBC.mincore(ctypes.c_void_p(ctypes.addressof(begin)), ctypes.c_size_t(size), pages)
        del begin
    assert found == 0, os.strerror(ctypes.get_errno())
    return sum(page & 1 for page in pages)


def _lies_in_memory(directory: Path) -> bool:
    command = ["stat", "--file-system", "--format=%T", str(directory)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() in ("tmpfs", "ramfs")
