"""Whatever happens to the line or the power at any byte of a sale: one document or certainly none.

Every run breaks one byte of the closing exchange in one way. Afterwards the driver's word must be the storage's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from fiscal.documents import FiscalDocument, StorageMark
from fiscal.register_port import NotRegistered
from simulator.fiscal_register.machine import Trap
from simulator.line_faults import Direction, FaultKind
from terminal.devices.shtrih.link import LowLevel
from terminal.devices.shtrih.storage_commands import StorageRequests
from terminal.devices.shtrih.wire import encode_frame
from tests.drivers.shtrih_rig import PASSWORD, Rig, at_close, receipt, rig
from tests.support.virtual_loop import run_virtually

CLOSE_BYTES = len(encode_frame(StorageRequests(PASSWORD).close(receipt()).payload))
ANSWER_BYTES = 26
AROUND = 14
"""Bytes of the exchanges right before and after."""
POWER_BACK_S = 3.0
PREPARE_TRIES = 20
EVERY = 8
"""The next client is tried after one run in so many."""

Arrange = Callable[[Rig], None]


async def _judged(made: Rig, arrange: Arrange, *, go_on: bool) -> None:
    """Sell once with something arranged to go wrong at the closing command, and compare with the truth."""
    sold = receipt()
    mark = await made.register.prepare()
    at_close(made, lambda: arrange(made))
    document = await made.sell_through(sold, mark)
    _assert_truth(made, document)
    made.device.power_on()
    if go_on:
        await _goes_on(made)


def _assert_truth(made: Rig, document: FiscalDocument | None) -> None:
    formed = made.receipts
    if document is None:
        assert formed == []
    else:
        assert [(each.number, each.sign, each.at) for each in formed] == [
            (document.number, document.sign, document.at)
        ]
        assert document.total.kopecks == formed[0].total


async def _goes_on(made: Rig) -> None:
    """The next client is served, and exactly one more document exists."""
    before = len(made.receipts)
    await made.restart_driver()
    await made.sell(receipt(700, "5009999999"))
    assert len(made.receipts) == before + 1


def _run(low_level: LowLevel, arrange: Arrange, *, go_on: bool) -> None:
    async def main() -> None:
        async with rig(low_level) as made:
            await _judged(made, arrange, go_on=go_on)

    run_virtually(main())


def _cut_at(direction: Direction, nth: int) -> Arrange:
    def arrange(made: Rig) -> None:
        made.faults.arm(FaultKind.POWER_CUT, direction, nth)
        asyncio.get_running_loop().call_later(POWER_BACK_S, made.device.power_on)

    return arrange


def _fault_at(kind: FaultKind, direction: Direction, nth: int) -> Arrange:
    return lambda made: made.faults.arm(kind, direction, nth)


LINES = [kind for kind in FaultKind if kind is not FaultKind.POWER_CUT]
LOW_LEVELS = list(LowLevel)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("low_level", LOW_LEVELS)
@pytest.mark.parametrize(
    ("direction", "count"), [(Direction.IN, CLOSE_BYTES + AROUND), (Direction.OUT, ANSWER_BYTES + AROUND)]
)
def test_power_cut_at_every_byte(low_level: LowLevel, direction: Direction, count: int) -> None:
    for nth in range(1, count + 1):
        _run(low_level, _cut_at(direction, nth), go_on=nth % EVERY == 0)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("low_level", LOW_LEVELS)
@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize(
    ("direction", "count"), [(Direction.IN, CLOSE_BYTES + AROUND), (Direction.OUT, ANSWER_BYTES + AROUND)]
)
def test_line_fault_at_every_byte(low_level: LowLevel, kind: FaultKind, direction: Direction, count: int) -> None:
    for nth in range(1, count + 1):
        _run(low_level, _fault_at(kind, direction, nth), go_on=nth % EVERY == 0)


@pytest.mark.parametrize("low_level", LOW_LEVELS)
@pytest.mark.parametrize(("trap", "formed"), [(Trap.BEFORE_FORM, 0), (Trap.AFTER_FORM, 1)])
def test_power_cut_around_the_form_command(low_level: LowLevel, trap: Trap, formed: int) -> None:
    async def main() -> None:
        async with rig(low_level) as made:
            sold = receipt()
            mark = await made.register.prepare()
            made.device.machine.trap = trap
            document = await made.sell_through(sold, mark)
            assert len(made.receipts) == formed
            assert (document is not None) == bool(formed)
            await _goes_on(made)

    run_virtually(main())


@pytest.mark.parametrize("low_level", LOW_LEVELS)
@pytest.mark.parametrize("seed", range(12))
def test_noisy_line_with_every_fault_at_once(low_level: LowLevel, seed: int) -> None:
    """Many sales over a line that spoils one byte in two hundred; a driver that dies now and then."""

    async def main() -> None:
        async with rig(low_level) as made:
            made.faults.reseed(seed)
            for kind in LINES:
                made.faults.set_rate(kind, 0.0008)
            known = [await _one_of_many(made, number) for number in range(8)]
            numbers = [document.number for document in known if document is not None]
            assert numbers == [each.number for each in made.receipts]

    run_virtually(main(), limit_s=7 * 24 * 3600.0)


async def _one_of_many(made: Rig, number: int) -> FiscalDocument | None:
    mark = await _prepared(made)
    if number % 3 == 2:
        await made.restart_driver()
    return await made.sell_through(receipt(100 + number, f"50000{number:05d}"), mark)


async def _prepared(made: Rig) -> StorageMark:
    for _ in range(PREPARE_TRIES):
        try:
            return await made.register.prepare()
        except NotRegistered:
            await asyncio.sleep(POWER_BACK_S)
    raise AssertionError("never ready")
