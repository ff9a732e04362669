"""Keeps the process from growing by memory that was let go of but not given back.

glibc keeps what a program frees: in several heaps when it has several threads, as the renderer does, and below blocks
that are still in use. Pictures of words come and go with every page, so what is kept creeps up over months.
"""

from __future__ import annotations

import ctypes
import gc

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
"""Names and numbers of `mallopt(3)`."""
KEPT_BYTES = 16_777_216
"""Free at the end of the heap between two visits: frames come and go in it without a word to the system."""
OWN_PAGES_BYTES = 4_194_304
"""Blocks of this size and above go back to the system when they are freed. Much less, and every frame pays for it."""


def bound_heaps() -> None:
    """One heap for all threads, and none of the large blocks in it. Must precede the first thread to have effect."""
    if (mallopt := _of_libc("mallopt")) is not None:
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, OWN_PAGES_BYTES)
        mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)


def keep_what_there_is() -> None:
    """What has been made by now stays for good: nobody need wait while it is looked through for waste."""
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Drop what nothing refers to any more, and return free memory to the system. Takes milliseconds."""
    gc.collect()
    if (trim := _of_libc("malloc_trim")) is not None:
        trim(0)


def _of_libc(name: str) -> ctypes._NamedFuncPointer | None:
    """None for a C library that is not glibc, which has its own ways."""
    found: ctypes._NamedFuncPointer | None = getattr(ctypes.CDLL(None), name, None)
    return found
