"""How long to wait before asking again: doubling, with jitter, within bounds."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class BackOff:
    """First pause, longest pause, in seconds."""

    first_s: float
    longest_s: float

    def pause(self, attempts: int, random: Random) -> float:
        """Seconds to wait after so many attempts in vain (1, 2 …): between half and the whole of the doubled pause."""
        whole = min(self.longest_s, self.first_s * 2.0 ** min(max(0, attempts - 1), 30))
        return whole * (0.5 + random.random() / 2)
