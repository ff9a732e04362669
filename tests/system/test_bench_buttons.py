"""Every control of the page gives an order that its target knows."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from pathlib import Path

from simulator.bench.bench import Bench
from simulator.bench.layout import layout_of
from simulator.bench.preparation import Wishes, prepare
from simulator.bench.programs import EMULATORS
from simulator.bench.startup import emulator_steps, take
from tests.unit.test_bench_page import controls


class SilentBoard:
    def begin(self, name: str, title: str) -> None: ...
    def note(self, name: str, what: str) -> None: ...
    def done(self, name: str, problem: str) -> None: ...


def test_every_verb_is_known(tmp_path: Path) -> None:
    wanted: dict[str, set[str]] = defaultdict(set)
    for control in controls():
        wanted[control["data-target"]].add(control["data-verb"])
    assert wanted.keys() >= {*EMULATORS, "everything", "kiosk"}

    async def play() -> dict[str, set[str]]:
        bench = Bench(prepare(layout_of(tmp_path), Wishes()))
        try:
            assert await take(bench, emulator_steps(bench), SilentBoard()) == []
            return {target: set(await bench.act(target, "help", ())) for target in wanted}
        finally:
            await bench.close()

    known = asyncio.run(play())
    assert {target: verbs - known[target] for target, verbs in wanted.items() if verbs - known[target]} == {}
