"""Batches overlapped: order, never two on the way, nothing concluded twice or forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from terminal.service.overlapping import send_overlapped


class ScriptedPartner:
    """Notes everything in its order. Says no to going on at `stop_at`."""

    def __init__(self, batches: int, stop_at: int = 0) -> None:
        self.log: list[str] = []
        self._batches = batches
        self._stop_at = stop_at
        self.on_the_way = 0

    def ready(self) -> Iterator[int]:
        for number in range(1, self._batches + 1):
            self.log.append(f"ready {number}")
            yield number

    async def ask(self, batch: int) -> str:
        self.on_the_way += 1
        assert self.on_the_way == 1
        self.log.append(f"sent {batch}")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.on_the_way -= 1
        self.log.append(f"answered {batch}")
        return f"answer {batch}"

    def goes_on(self, outcome: str) -> bool:
        return outcome != f"answer {self._stop_at}"

    def conclude(self, batch: int, outcome: str) -> None:
        assert outcome == f"answer {batch}"
        self.log.append(f"concluded {batch}")

    def play(self, conclude: Callable[[int, str], None] | None = None) -> list[str]:
        asyncio.run(send_overlapped(self.ready(), self.ask, self.goes_on, conclude or self.conclude))
        return self.log


def test_while_a_batch_is_on_its_way_the_one_before_is_concluded_and_the_next_made_ready() -> None:
    assert ScriptedPartner(3).play() == [
        "ready 1", "sent 1", "ready 2", "answered 1",
        "sent 2", "concluded 1", "ready 3", "answered 2",
        "sent 3", "concluded 2", "answered 3", "concluded 3",
    ]


def test_no_batches_are_no_exchange() -> None:
    assert ScriptedPartner(0).play() == []


def test_after_a_no_nothing_more_leaves_and_everything_that_left_is_concluded() -> None:
    log = ScriptedPartner(4, stop_at=2).play()
    assert [each for each in log if each.startswith(("sent", "concluded"))] == [
        "sent 1", "sent 2", "concluded 1", "concluded 2",
    ]


def test_what_cannot_be_concluded_cuts_the_running_exchange_off() -> None:
    class Broken(Exception):
        pass

    def fail(batch: int, outcome: str) -> None:
        raise Broken

    partner = ScriptedPartner(3)
    with pytest.raises(ExceptionGroup) as raised:
        partner.play(fail)
    assert raised.group_contains(Broken)
    assert partner.log == ["ready 1", "sent 1", "ready 2", "answered 1", "sent 2"]


def test_a_cancelled_sender_leaves_no_exchange_behind() -> None:
    partner = ScriptedPartner(3)

    async def cut_off() -> None:
        sending = asyncio.create_task(
            send_overlapped(partner.ready(), partner.ask, partner.goes_on, partner.conclude))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        sending.cancel()
        await asyncio.wait([sending])
        assert sending.cancelled()
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(cut_off())
    assert partner.log == ["ready 1", "sent 1", "ready 2"]
