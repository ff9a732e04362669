"""How the power goes in a run: what goes with the computer, and what becomes of writes that were not synced."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simulation.disk import Fate

POWER_GROUPS = (("terminal",), ("terminal", "acceptor"), ("terminal", "register"), ("terminal", "acceptor", "register"))
"""What loses its power together with the terminal's computer."""


@dataclass(frozen=True, slots=True)
class Blackouts:
    """How the power goes: which fates the disk may suffer, and how often devices go along."""

    fates: tuple[Fate, ...] = tuple(Fate)
    groups: tuple[tuple[str, ...], ...] = POWER_GROUPS
    group_weights: tuple[int, ...] = (6, 1, 1, 2)
