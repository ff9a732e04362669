"""Every control of the page gives an order that its target knows and, for devices, carries out."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from simulator.bench.bench import Bench
from simulator.bench.layout import layout_of
from simulator.bench.preparation import Wishes, prepare
from simulator.bench.programs import EMULATORS
from simulator.bench.startup import emulator_steps, take
from simulator.control import VerbRefused
from tests.unit.test_bench_page import controls

MEANINGFUL_REFUSALS = ("takes no note now", "is out already", "is in already", "no shift is open")
"""What a device may say when an order makes sense, but not now."""


class SilentBoard:
    def begin(self, name: str, title: str) -> None: ...
    def note(self, name: str, what: str) -> None: ...
    def done(self, name: str, problem: str) -> None: ...


def with_emulators(directory: Path, scene: Callable[[Bench], Awaitable[None]]) -> None:
    async def play() -> None:
        bench = Bench(prepare(layout_of(directory), Wishes()))
        try:
            assert await take(bench, emulator_steps(bench), SilentBoard()) == []
            await scene(bench)
        finally:
            await bench.close()

    asyncio.run(play())


def test_every_verb_is_known(tmp_path: Path) -> None:
    wanted: dict[str, set[str]] = defaultdict(set)
    for control in controls():
        wanted[control["data-target"]].add(control["data-verb"])
    assert wanted.keys() >= {*EMULATORS, "everything", "kiosk"}

    async def scene(bench: Bench) -> None:
        known = {target: set(await bench.act(target, "help", ())) for target in wanted}
        unknown = {(target, verb) for target, verbs in wanted.items() for verb in verbs - known[target]}
        assert unknown == set()

    with_emulators(tmp_path, scene)


def test_every_order_to_a_device_makes_sense_to_it(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        refused = []
        for control in controls():
            if control["data-target"] not in EMULATORS:
                continue
            order = (control["data-target"], control["data-verb"], _arguments(control))
            try:
                await bench.act(*order)
            except VerbRefused as error:
                if not any(each in str(error) for each in MEANINGFUL_REFUSALS):
                    refused.append((*order, str(error)))
        assert refused == []

    with_emulators(tmp_path, scene)


def test_the_state_of_every_emulator_is_what_the_cards_show(tmp_path: Path) -> None:
    shown: dict[str, set[str]] = {
        "bill-acceptor": {"status", "position", "note", "jammed", "cassette", "cassette_present", "pocket",
                          "collected", "removed"},
        "fiscal-register": {"powered", "mode", "submode", "cover_open", "cutter_jammed", "overheated",
                            "ofd_up", "trap", "paper_mm", "shift", "shift_opened_at", "receipts_in_shift",
                            "last_document", "unsent", "storage", "expires", "clock", "power_cuts"},
        "billing-host": {"accounts", "payments", "payments_kopecks", "payments_refused", "readings",
                         "behaviours"},
    }

    async def scene(bench: Bench) -> None:
        for name, fields in shown.items():
            state: dict[str, Any] = await bench.act(name, "state", ())
            assert fields - state.keys() == set(), name

    with_emulators(tmp_path, scene)


def _arguments(control: dict[str, str]) -> list[str]:
    """The control's own words; a list's first choice or a slider's middle in place of `{}`."""
    value = {"select": "insertion", "input": "0.01"}.get(control["tag"], "")
    words = json.loads(control.get("data-arguments") or ('["{}"]' if control["tag"] == "select" else "[]"))
    return [value if word == "{}" else word for word in words]
