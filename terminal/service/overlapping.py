"""One batch after another to a partner who takes his time, with our own work done while he works.

While a batch is on its way, what came of the one before is concluded and the next one is made ready. Never more than
one batch is on its way: the order stays, and a partner who falls silent is noticed before anything else leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

Batch = TypeVar("Batch")
Outcome = TypeVar("Outcome")


async def send_overlapped(
    batches: Iterator[Batch],
    ask: Callable[[Batch], Coroutine[Any, Any, Outcome]],
    goes_on: Callable[[Outcome], bool],
    conclude: Callable[[Batch, Outcome], None],
) -> None:
    """Send until the batches end or `goes_on` says no, which is asked as soon as an outcome is there.

    Every outcome is concluded, in order and once, before this returns. Taking a batch from `batches` makes it ready.
    What `ask`, `conclude` or `batches` raise cuts the running exchange off and comes out in an exception group.
    """
    batch = next(batches, None)
    over: tuple[Batch, Outcome] | None = None
    while batch is not None:
        async with asyncio.TaskGroup() as exchange:
            asking = exchange.create_task(ask(batch))
            await asyncio.sleep(0)  # now the request leaves, and only then we turn to what blocks the loop
            if over is not None:
                conclude(*over)
            following = next(batches, None)
        over = batch, asking.result()
        batch = following if goes_on(over[1]) else None
    if over is not None:
        conclude(*over)
