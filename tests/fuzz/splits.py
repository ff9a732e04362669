"""The same bytes in other pieces: a reader of a stream must not care where the reads end."""

from __future__ import annotations

import random
from collections.abc import Iterator

MAX_PIECE_BYTES = 40


def splits(stream: bytes, seed: int) -> Iterator[list[bytes]]:
    """As a whole, byte by byte, and in pieces by chance."""
    yield [stream]
    yield [stream[at : at + 1] for at in range(len(stream))]
    chance, pieces, at = random.Random(seed), [], 0
    while at < len(stream):
        size = chance.randint(0, MAX_PIECE_BYTES)
        pieces.append(stream[at : at + size])
        at += size
    yield pieces
