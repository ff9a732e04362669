"""From a finger to the frame that answers it: digits of the keypad and changes of page.

Fingers come in through the kiosk's mirror socket, where a real panel's driver would put them. An unhurried finger lies
on the glass for a while and counts from its lifting, as a touch does for the kiosk; a tap is put down and lifted in the
shortest time there is, one frame, and counts from the first contact. The answer is there when the kiosk says that
the page that follows is on the glass.
"""

from __future__ import annotations

import asyncio
import tempfile
from enum import StrEnum
from pathlib import Path
from random import Random

from contracts.pages import PageKind
from simulator.bench.mirror_client import MirrorClient
from simulator.billing_host.demo_accounts import DEBTOR
from tests.benchmarks.measured import Measured, Result, spread_of
from tests.benchmarks.rig import Rig

GOAL_MS = 100.0
LAPS = 32
FEW_LAPS = 4
GUARD_S = 0.35
"""The kiosk takes no touch for 0.3 s after a page that asks something else."""
BETWEEN_TOUCHES_S = (0.05, 0.15)
"""At odds with the frames, so that they are met at any point."""
ON_THE_GLASS_S = (0.06, 0.12)
"""How long an unhurried finger stays down."""


class Manner(StrEnum):
    """How a finger touches."""

    FINGER = "finger"
    TAP = "tap"


Samples = dict[tuple[Manner, bool], list[float]]
"""Seconds by manner, and by whether a digit of the keypad was touched."""


def run(quick: bool = False) -> Result:
    samples = asyncio.run(_measure(FEW_LAPS if quick else LAPS))
    digits, pages = samples[Manner.FINGER, True], samples[Manner.FINGER, False]
    taps = samples[Manner.TAP, True] + samples[Manner.TAP, False]
    return {
        "touch_to_frame": _figure(digits + pages, GOAL_MS, "p95 from the lifting of the finger, digits and pages"),
        "touch_to_digit": _figure(digits, None, "the digits of it"),
        "touch_to_page": _figure(pages, None, "the changes of page of it"),
        "tap_to_frame": _figure(taps, None, "p95 from the first contact of a tap of one frame"),
    }


def _figure(seconds: list[float], goal_ms: float | None, remark: str) -> Measured:
    spread = spread_of([1000 * each for each in seconds])
    return Measured(spread.p95, "ms", goal_ms, spread=spread, remark=remark)


async def _measure(laps: int) -> Samples:
    """Laps of both manners take turns."""
    samples: Samples = {(manner, digit): [] for manner in Manner for digit in (True, False)}
    with tempfile.TemporaryDirectory() as directory:
        async with Rig(Path(directory), 1.0) as rig:
            await rig.emulators()
            await rig.service()
            await rig.kiosk()
            finger = Finger(rig)
            for lap in range(laps):
                await _lap(rig, finger, list(Manner)[lap % len(Manner)], samples)
            finger.mirror.close()
    return samples


async def _lap(rig: Rig, finger: Finger, manner: Manner, samples: Samples) -> None:
    """From the start page to an account and back: ten digits and four changes of page."""
    await rig.line.shown(lambda page: page.kind is PageKind.START and page.button("balance") is not None)
    samples[manner, False].append(await finger.touch("balance", manner))
    for digit in DEBTOR:
        samples[manner, True].append(await finger.touch(f"key-{digit}", manner))
    samples[manner, False].append(await finger.touch("next", manner))
    await rig.line.shown(lambda page: page.kind is PageKind.ACCOUNT_CARD)
    samples[manner, False].append(await finger.touch("back", manner))
    samples[manner, False].append(await finger.touch("exit", manner))


class Finger:
    """Touches the glass where an element is."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._random = Random(0)
        self._fresh_page = True
        self.mirror = MirrorClient(rig.layout.mirror_socket, 0.1)

    async def touch(self, element: str, manner: Manner) -> float:
        """Seconds until the page that follows is on the glass."""
        await asyncio.sleep(self._random.uniform(*BETWEEN_TOUCHES_S) + (GUARD_S if self._fresh_page else 0.0))
        self._fresh_page = not element.startswith("key-")
        place = (await self.mirror.layout())[element].middle
        before = self._rig.line.glass
        assert before is not None
        if manner is Manner.FINGER:
            await self.mirror.touch(*place, "down")
            await asyncio.sleep(self._random.uniform(*ON_THE_GLASS_S))
        began = asyncio.get_running_loop().time()
        await self.mirror.touch(*place, "up" if manner is Manner.FINGER else "tap")
        seen = await self._rig.line.shown(lambda page: page.number > before.page.number)
        return seen.at - began
