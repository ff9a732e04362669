"""Choices read off fuzzed bytes, one after another; when the bytes are used up every choice is the first one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")


class ByteChoices:
    """A cursor over fuzzed bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        """Whether there are bytes left."""
        return self._at < len(self._data)

    def byte(self) -> int:
        value = self._data[self._at] if self else 0
        self._at += 1
        return value

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1; two bytes are read when one is too small."""
        value = self.byte()
        if limit > 256:
            value = value << 8 | self.byte()
        return value % limit

    def of(self, options: Sequence[Choice]) -> Choice:
        return options[self.below(len(options))]

    def take(self, count: int) -> bytes:
        """Up to `count` bytes as they are."""
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken

    def rest(self) -> bytes:
        return self.take(len(self._data))
