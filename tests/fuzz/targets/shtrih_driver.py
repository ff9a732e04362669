"""The whole driver of the fiscal register against a device that says anything: only the port's own errors, no
document that no valid frame has told, and a right receipt as soon as the device is sane."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from contracts.money import Money
from fiscal.documents import FiscalDocument, StorageMark
from fiscal.register_port import FiscalError, NotRegistered, OutcomeUnknown
from simulator.fiscal_register.device import FiscalRegisterDevice
from simulator.fiscal_register.storage import DocumentKind
from simulator.line_faults import FaultyCable, LineFaults
from terminal.devices.shtrih.link import LowLevel
from terminal.devices.shtrih.register import ShtrihRegister
from terminal.devices.shtrih.wire import (
    ACK,
    ENQ,
    NAK,
    PACKET_START,
    Control,
    Frame,
    FrameReader,
    Packet,
    PacketReader,
    encode_frame,
    encode_packet,
    lrc,
)
from tests.drivers.shtrih_rig import PASSWORD, receipt
from tests.fuzz.byte_choices import ByteChoices
from tests.fuzz.fuzzed_device import Babble, FuzzedDevice, WatchedCable
from tests.fuzz.target import Target
from tests.golden.shtrih_frames import ANSWERS, STORAGE, frame
from tests.support.virtual_loop import VirtualClock, run_virtually

HANG_S = 20.0
SILENCE_S = 125.0
"""Longer than the longest report may take."""
BABBLE = Babble(every_s=0.5, most_s=1.2 * SILENCE_S)
CALL_LIMIT_S = 7200.0
"""No call takes longer, whatever the device does."""
SANE_TRIES = 12
BETWEEN_TRIES_S = 10.0
_PAYLOADS = tuple(frame(each)[2:-1] for each in ANSWERS.values())
_LAST = StorageMark(STORAGE, 431)
_CLOSE, _DOCUMENT, _STORAGE_STATUS = b"\xff\x45", b"\xff\x0a\x00", b"\xff\x01\x00"


def _code(payload: bytes) -> bytes:
    return payload[:2] if payload[:1] == b"\xff" else payload[:1]


class _Register:
    """Answers by the book as long as the choices say nothing else; forms one document."""

    def __init__(self) -> None:
        self._formed = False

    def answer(self, heard: bytes, choices: ByteChoices) -> bytes:
        """What a register could say to that."""
        if heard[:1] == bytes([PACKET_START]):
            return self._packet(heard, choices)
        said = b""
        for piece in FrameReader().feed(heard):
            match piece:
                case Control(code) if code == ENQ:
                    said += bytes([NAK if choices.below(8) < 7 else ACK])
                case Frame(payload):
                    said += bytes([ACK]) + encode_frame(self._payload(payload, choices)[:255])
        return said

    def _packet(self, heard: bytes, choices: ByteChoices) -> bytes:
        packets = [each for each in PacketReader().feed(heard) if isinstance(each, Packet)]
        if not packets or packets[-1].number is None:
            return encode_packet(Packet(choices.below(4) and 431 + choices.below(4)))
        number = packets[-1].number + (choices.below(8) == 7)
        return encode_packet(Packet(number & 0xFFFF, self._payload(packets[-1].data, choices)))

    def _payload(self, request: bytes, choices: ByteChoices) -> bytes:
        """An answer to a request: one from the book, an empty success, an error, or what the bytes say."""
        code = _code(request)
        known = [each for each in _PAYLOADS if _code(each) == code]
        match choices.below(8):
            case 0 | 1 | 2 | 3 | 4 if code == _CLOSE and not choices.below(8):
                self._formed = True
                return known[0]
            case 0 | 1 | 2 | 3 if self._formed and code == _STORAGE_STATUS[:2]:
                return known[0][:-4] + (_LAST.last_document + 1).to_bytes(4, "little")
            case 0 | 1 | 2 | 3 | 4 if known:
                return choices.of(known)
            case 5:
                return code + bytes([choices.byte()])
            case 6:
                return code + b"\0" + choices.take(choices.below(40))
            case 7:
                return choices.of(_PAYLOADS)
            case _:
                return code + bytes(40)


def check(data: bytes) -> None:
    run_virtually(_play(ByteChoices(data)))


async def _play(choices: ByteChoices) -> None:
    clock, cable = VirtualClock(), WatchedCable("pipe://fiscal-register", _CLOSE)
    low_level = LowLevel.NUMBERED if choices.below(2) else LowLevel.STANDARD
    register = ShtrihRegister(cable.line, clock, password=PASSWORD, low_level=low_level)
    fuzzed = asyncio.create_task(FuzzedDevice(cable, choices, _Register().answer, BABBLE).run())
    sane: asyncio.Task[None] | None = None
    try:
        await _sell_somehow(register, clock, cable)
        fuzzed.cancel()
        await asyncio.wait([fuzzed])
        if not fuzzed.cancelled():
            fuzzed.result()
        cable.plug()
        device = FiscalRegisterDevice(FaultyCable(cable, LineFaults(0)), lambda: clock.now().replace(tzinfo=None))
        sane = asyncio.create_task(device.run())
        sold = await _sell(register)
        documents = [each for each in device.machine.storage.documents if each.kind is DocumentKind.RECEIPT]
        assert [each.number for each in documents] == [sold.number], "not one receipt of a sane register"
    finally:
        tasks = [task for task in (fuzzed, sane) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _sell_somehow(register: ShtrihRegister, clock: VirtualClock, cable: WatchedCable) -> None:
    """Everything that the service asks of a register, in its order, with whatever comes back."""
    try:
        async with asyncio.timeout(CALL_LIMIT_S):
            await register.survey()
            document = await _outcome(register, clock)
    except TimeoutError:
        raise AssertionError("a call that does not end") from None
    except OutcomeUnknown:
        return
    finally:
        assert cable.longest_silence_s < SILENCE_S, "the driver was kept from asking"
    if cable.said_since is None:
        assert document is None, "a document that was never asked for"
        return
    said = set(_payloads(cable.said_since))
    if document is not None:
        assert document.total == receipt().total == Money.rubles(1500)
        told = any(each.startswith(_DOCUMENT) for each in said)
        assert told, "a document that no frame has told"
    else:
        told = any(each.startswith(_STORAGE_STATUS) for each in said)
        assert told, "a certain no that the storage has not told"


async def _outcome(register: ShtrihRegister, clock: VirtualClock) -> FiscalDocument | None:
    """The document, or None when it is certain that there is none. Raises `OutcomeUnknown`."""
    mark, since = await _mark(register), clock.now()
    try:
        return await register.register(receipt(), mark)
    except NotRegistered:
        return None
    except OutcomeUnknown:
        return await register.find(receipt(), mark, since)


async def _mark(register: ShtrihRegister) -> StorageMark:
    try:
        return await register.prepare()
    except NotRegistered:
        return _LAST


async def _sell(register: ShtrihRegister) -> FiscalDocument:
    for _ in range(SANE_TRIES):
        try:
            return await register.register(receipt(), await register.prepare())
        except FiscalError:
            await asyncio.sleep(BETWEEN_TRIES_S)
    raise AssertionError("a sane register is not found to be one")


def _payloads(said: bytes) -> Iterator[bytes]:
    """All payloads that stand whole in the bytes, in either low level, wherever they begin."""
    for at, byte in enumerate(said):
        if byte == 0x02 and at + 1 < len(said):
            end = at + 2 + said[at + 1]
            if end < len(said) and lrc(said[at + 1 : end]) == said[end]:
                yield said[at + 2 : end]
        elif byte == PACKET_START:
            for packet in PacketReader().feed(said[at : at + 1200])[:1]:
                if isinstance(packet, Packet):
                    yield packet.data


TARGETS = (
    Target(
        "shtrih-driver", check, max_bytes=600, hang_s=HANG_S,
        seeds=(
            b"", bytes(600), b"\x01" + bytes(600), bytes(range(80)), b"\x01" + bytes(range(80)),
            bytes((0, 14, 3, 0x02, 0x05, 0x06, 0x15, 255)), bytes((0, 14, 1, 0x07, 0x07, 255)),
        )),
)
