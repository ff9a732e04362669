"""CCNET commands and answers over the firmware: one request in, at most one answer out."""

from __future__ import annotations

import asyncio

from simulator.bill_acceptor.ccnet_firmware import CcnetFirmware
from terminal.devices.ccnet.wire import Command, Control, Identification, Status

PART = "SM-RU1353"
SERIAL = "21K123456789"
BUSY_ANSWER = bytes((Status.BUSY, 5))
FOREIGN_ANSWER = bytes(6)
_TELLS_ITSELF_IN = frozenset(
    (
        Status.POWER_UP, Status.POWER_UP_BILL_IN_VALIDATOR, Status.POWER_UP_BILL_IN_STACKER, Status.INITIALISE,
        Status.DISABLED, *(status for status in Status if 0x41 <= status <= 0x47),
    )
)
_ACK = bytes((Control.ACK,))
_ILLEGAL = bytes((Control.ILLEGAL,))
_NAK = bytes((Control.NAK,))


class CcnetInterface:
    """Answers frames. `answered` must be told when an answer has left completely."""

    def __init__(self, firmware: CcnetFirmware, serial: str = SERIAL) -> None:
        self._firmware = firmware
        self._modes = firmware.modes
        self._identification = Identification(PART, serial)
        self._reports_event = False
        self._event_sent_at: float | None = None

    def answer(self, request: bytes) -> bytes | None:
        """The data of the answer to the data of a request; `None` for silence."""
        if request == _ACK:
            self._acknowledged()
            return None
        self._reports_event = False
        self._event_sent_at = None
        if request == _NAK or self._modes.use_up("mute"):
            return None
        if self._modes.use_up("nak"):
            return _NAK
        reply = self._carry_out(request)
        if self._modes.use_up("dumb"):
            self._reports_event = False
            return None
        return reply

    def answered(self) -> None:
        """The last answer is on the line to its last byte."""
        if self._reports_event:
            self._event_sent_at = asyncio.get_running_loop().time()
            self._firmware.event_sent()

    def _acknowledged(self) -> None:
        """An acknowledgement counts right behind an answer with an event only."""
        sent_at, self._event_sent_at = self._event_sent_at, None
        if sent_at is None or self._modes.use_up("ignore_ack"):
            return
        late_by = asyncio.get_running_loop().time() - sent_at - self._modes.ack_window_s
        if self._modes.ack_window_s and late_by > 0:
            return
        self._firmware.event_acknowledged()

    def _carry_out(self, request: bytes) -> bytes:
        command, data = Command.known(request[0]), request[1:]
        if command not in (Command.POLL, Command.RESET) and self._modes.use_up("illegal_all"):
            return _ILLEGAL
        match command:
            case Command.POLL:
                return self._poll()
            case Command.RESET:
                self._firmware.reset()
            case Command.ENABLE_BILL_TYPES if len(data) == 6:
                self._firmware.enable(data)
            case Command.SET_SECURITY if len(data) == 3:
                self._firmware.security = data
            case Command.STACK:
                is_taken = not self._modes.use_up("illegal_stack") and self._firmware.obey_stack()
                return _ACK if is_taken else _ILLEGAL
            case Command.RETURN:
                return _ACK if self._firmware.give_back() else _ILLEGAL
            case Command.HOLD:
                return _ACK if self._firmware.hold() else _ILLEGAL
            case _:
                return self._tell(command)
        return _ACK

    def _poll(self) -> bytes:
        if self._modes.use_up("foreign_answers"):
            return FOREIGN_ANSWER
        if self._modes.use_up("busy"):
            return BUSY_ANSWER
        self._reports_event = self._firmware.event is not None
        return self._firmware.answer_poll()

    def _tell(self, command: Command | None) -> bytes:
        firmware = self._firmware
        if command is Command.GET_STATUS:
            return _mask(firmware.enabled) + firmware.security
        if firmware.status not in _TELLS_ITSELF_IN:
            return _ILLEGAL
        match command:
            case Command.IDENTIFICATION:
                return self._identification.encode()[: self._modes.identification_bytes]
            case Command.GET_BILL_TABLE:
                return firmware.table.encode()
            case Command.GET_CRC32:
                return bytes.fromhex("21 89 00 01")
            case _:
                return _ILLEGAL


def _mask(types: frozenset[int]) -> bytes:
    return sum(1 << code for code in types).to_bytes(3, "big")
