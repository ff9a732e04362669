"""Everything that takes orders: emulated devices over their control sockets, and the bench itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.bench.control_client import order
from simulator.control import VerbRefused

Handler = Callable[[Sequence[str]], Awaitable[Any]]
"""Takes the arguments; raises `ValueError` or `OSError` with the reason when it cannot be done."""


@dataclass(frozen=True, slots=True)
class OwnVerb:
    usage: str
    handler: Handler


class Targets:
    """Orders by target and verb. Every target also answers `help` with its verbs."""

    def __init__(self, sockets: Mapping[str, Path]) -> None:
        self._sockets = sockets
        self._own: dict[str, dict[str, OwnVerb]] = {}

    def register(self, target: str, verb: str, usage: str, handler: Handler) -> None:
        """An order that the bench carries out itself; it comes before one of the same name of a device."""
        self._own.setdefault(target, {})[verb] = OwnVerb(usage, handler)

    async def act(self, target: str, verb: str, arguments: Sequence[str]) -> Any:
        """Carry out an order. Raises `VerbRefused`, `ValueError` or `OSError` with the reason."""
        if target not in self._own and target not in self._sockets:
            raise VerbRefused(f"no such target: {target}")
        if verb == "help":
            return await self._help(target)
        own = self._own.get(target, {}).get(verb)
        if own is not None:
            return await own.handler(arguments)
        if target in self._sockets:
            return await order(self._sockets[target], verb, arguments)
        raise VerbRefused(f"no such verb: {verb}; known: {', '.join(sorted(self._own[target]))}")

    async def _help(self, target: str) -> dict[str, str]:
        verbs = await order(self._sockets[target], "help") if target in self._sockets else {}
        return {**verbs, **{name: verb.usage for name, verb in self._own.get(target, {}).items()}}
