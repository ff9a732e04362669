"""The whole driver of the bill acceptor against a device that says anything: no crash, no credit that no valid frame
has told, and one right credit for the first note that a sane device takes afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing

from contracts.money import Money
from simulator.bill_acceptor.device import SimulatedBillAcceptor
from simulator.line_faults import FaultyCable, LineFaults
from terminal.devices.ccnet.acceptor import CcnetAcceptor
from terminal.devices.ccnet.wire import BillTable, BillType, Command, FrameReader, Status, crc16, encode_frame
from terminal.ports.bill_acceptor import NoteInEscrow, NoteStacked
from tests.drivers.ccnet_rig import ALL_VALUES, REMEMBERED
from tests.fuzz.byte_choices import ByteChoices
from tests.fuzz.fuzzed_device import Babble, FuzzedDevice, WatchedCable
from tests.fuzz.target import Target
from tests.support.virtual_loop import VirtualClock, run_virtually

STEP_S = 0.1
FUZZED_S = 10_000.0
"""Enough for every babble and every pause that one input can ask for."""
SANE_S = 200.0
"""In which a device that has become sane must be taking notes again."""
SILENCE_S = 12.0
"""The longest pause between two attempts to open a line that is out, and the time for which it may be out."""
BABBLE = Babble(every_s=0.09, most_s=2 * SILENCE_S)
HANG_S = 20.0
_EXPONENTS = {10: (1, 1), 50: (5, 1), 100: (1, 2), 200: (2, 2), 500: (5, 2), 1000: (1, 3), 2000: (2, 3), 5000: (5, 3)}
_TABLE = BillTable(tuple(
    BillType(note.code, _EXPONENTS[note.value.kopecks // 100][0], "RUS", _EXPONENTS[note.value.kopecks // 100][1])
    for note in REMEMBERED)).encode()
_IDENTITY = b"SM-RU1353".ljust(15) + b"21KC25004444".ljust(12) + bytes(7)
_STATUSES = tuple(Status)
_MONEY = (Status.ACCEPTING, Status.ESCROW, Status.STACKING, Status.STACKED, Status.IDLING, Status.RETURNED)
_STACKED_FRAME = bytes((0x02, 0x03, 0x07, Status.STACKED))


def answer(heard: bytes, choices: ByteChoices) -> bytes:
    """A frame that fits what was asked: any status, the good table, a plain yes, sometimes another's answer."""
    requests = FrameReader(before_length=1).feed(heard)
    if not requests or requests[-1] in (b"\x00", b"\xff"):
        return b""
    command = requests[-1][0]
    if choices.below(8) == 7:
        command = choices.of(tuple(Command))
    match command:
        case Command.POLL:
            status = choices.of(_MONEY) if choices.below(2) else choices.of(_STATUSES)
            is_double = status >= Status.ESCROW or status in (Status.BUSY, Status.REJECTING, Status.FAILURE)
            return encode_frame(bytes((status, choices.below(16))) if is_double else bytes((status,)))
        case Command.IDENTIFICATION:
            return encode_frame(_IDENTITY)
        case Command.GET_BILL_TABLE:
            return encode_frame(_TABLE)
        case Command.GET_STATUS:
            return encode_frame(bytes(6))
        case _:
            return encode_frame(choices.of((b"\x00", b"\x00", b"\x00", b"\x30", b"\xff")))


def check(data: bytes) -> None:
    run_virtually(_play(ByteChoices(data)))


async def _play(choices: ByteChoices) -> None:
    cable = WatchedCable()
    acceptor = CcnetAcceptor(cable.line, VirtualClock(), remembered=REMEMBERED if choices.below(2) else ())
    acceptor.accept(ALL_VALUES)
    till = _Till(acceptor, gives_back=choices.below(4) == 3)
    host = asyncio.create_task(till.run())
    fuzzed = asyncio.create_task(FuzzedDevice(cable, choices, answer, BABBLE).run())
    sane: asyncio.Task[None] | None = None
    try:
        await _until(fuzzed.done, host, FUZZED_S)
        fuzzed.result()
        assert cable.longest_silence_s < SILENCE_S, "the driver was kept from asking"
        _judge(till.stacked, bytes(cable.said))
        device = SimulatedBillAcceptor(FaultyCable(cable, LineFaults(0)))
        sane = asyncio.create_task(device.run())
        await _until(lambda: device.firmware.status is Status.IDLING, host, SANE_S)
        before, till.gives_back = len(till.stacked), False
        device.firmware.insert(500)
        await _until(lambda: bool(device.places.cassette.total()), host, SANE_S)
        await _until(lambda: device.firmware.status is Status.IDLING and not device.firmware.event, host, SANE_S)
        credited = [each.note.value for each in till.stacked[before:]]
        assert credited == [Money.rubles(500)], f"a sane device's note was credited as {credited}"
    finally:
        tasks = [task for task in (host, fuzzed, sane) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


class _Till:
    """Takes every note, or gives every note back, and keeps the credits."""

    def __init__(self, acceptor: CcnetAcceptor, *, gives_back: bool) -> None:
        self._acceptor = acceptor
        self.gives_back = gives_back
        self.stacked: list[NoteStacked] = []

    async def run(self) -> None:
        async with aclosing(self._acceptor.observations()) as observations:  # type: ignore[type-var]
            async for each in observations:
                match each:
                    case NoteInEscrow() if self.gives_back:
                        self._acceptor.return_note()
                    case NoteInEscrow():
                        self._acceptor.stack()
                    case NoteStacked():
                        self.stacked.append(each)


async def _until(condition: Callable[[], bool], host: asyncio.Task[None], limit_s: float) -> None:
    try:
        async with asyncio.timeout(limit_s):
            while not condition():
                if host.done():
                    host.result()
                    raise AssertionError("the driver has stopped")
                await asyncio.sleep(STEP_S)
    except TimeoutError:
        raise AssertionError("never happened: the driver hangs or does not recover") from None


def _judge(stacked: list[NoteStacked], said: bytes) -> None:
    """Every credit needs a whole frame of its own that says so, and has the value of the table."""
    told = Counter(said[at + 4] for at in _whole_frames(said))
    credited = Counter(each.note.code for each in stacked)
    assert credited <= told, f"credited {credited}, told {told}"
    assert all(each.note in REMEMBERED for each in stacked), "a note of another value than the table's"


def _whole_frames(said: bytes) -> list[int]:
    """Where frames begin that say STACKED and have the right checksum."""
    found, at = [], said.find(_STACKED_FRAME)
    while at >= 0:
        frame = said[at : at + 7]
        if len(frame) == 7 and crc16(frame[:5]).to_bytes(2, "little") == frame[5:]:
            found.append(at)
        at = said.find(_STACKED_FRAME, at + 1)
    return found


TARGETS = (
    Target(
        "ccnet-driver", check, max_bytes=240, hang_s=HANG_S,
        seeds=(
            b"", bytes(40), bytes(range(60)), b"\x00\x00" + bytes((14, 3, 0x02, 0x03, 0x06, 0x33, 255)),
            b"\x01\x00" + b"".join(bytes((0, 0, 1, step, 3)) for step in (4, 0, 1, 2, 3, 4, 0, 1, 3)),
            b"\x01\x00" + bytes((15, 40, 0, 0, 1, 3, 2, 9, 9, 9)) * 4,
        )),
)
