"""The codes of CCNET with what they mean, in the technician's words.

Source: CashCode NET, document 1, revision 2.4.3, chapter "Bill Validator"; failure codes below 0x50 and above 0x57
are met in the field only. A code that is not here is no error: it is reported with its number.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class _Phrased(IntEnum):
    """A code on the wire with its phrase."""

    phrase: str

    def __new__(cls, code: int, phrase: str) -> Self:
        member = int.__new__(cls, code)
        member._value_ = code
        member.phrase = phrase
        return member

    @classmethod
    def known(cls, code: int) -> Self | None:
        """The member of that code, if there is one."""
        member = cls._value2member_map_.get(code)
        return member if isinstance(member, cls) else None


class Command(_Phrased):
    """First data byte of a frame from the host."""

    RESET = 0x30, "сброс"
    GET_STATUS = 0x31, "запрос масок"
    SET_SECURITY = 0x32, "уровень защиты"
    POLL = 0x33, "опрос"
    ENABLE_BILL_TYPES = 0x34, "разрешённые купюры"
    STACK = 0x35, "уложить в кассету"
    RETURN = 0x36, "вернуть"
    IDENTIFICATION = 0x37, "идентификация"
    HOLD = 0x38, "удерживать"
    SET_BARCODE_PARAMETERS = 0x39, "параметры штрихкода"
    EXTRACT_BARCODE = 0x3A, "прочитать штрихкод"
    GET_BILL_TABLE = 0x41, "таблица купюр"
    DOWNLOAD = 0x50, "загрузка прошивки"
    GET_CRC32 = 0x51, "контрольная сумма прошивки"
    REQUEST_STATISTICS = 0x60, "статистика"


class Control(_Phrased):
    """A single data byte that answers instead of data."""

    ACK = 0x00, "принято"
    ILLEGAL = 0x30, "команда сейчас недопустима"
    STATISTICS_INVALID = 0x31, "статистика недостоверна"
    NAK = 0xFF, "кадр повреждён"


class Status(_Phrased):
    """First byte of the answer to POLL."""

    POWER_UP = 0x10, "включение питания"
    POWER_UP_BILL_IN_VALIDATOR = 0x11, "включение питания, купюра в тракте"
    POWER_UP_BILL_IN_STACKER = 0x12, "включение питания, купюра на пути в кассету"
    INITIALISE = 0x13, "инициализация"
    IDLING = 0x14, "ожидание купюры"
    ACCEPTING = 0x15, "приём купюры"
    STACKING = 0x17, "укладка в кассету"
    RETURNING = 0x18, "возврат купюры"
    DISABLED = 0x19, "приём закрыт"
    HOLDING = 0x1A, "купюра удерживается"
    BUSY = 0x1B, "занят"
    REJECTING = 0x1C, "отказ от купюры"
    CASSETTE_FULL = 0x41, "кассета заполнена"
    CASSETTE_OUT = 0x42, "кассета вынута"
    JAMMED = 0x43, "купюра застряла в тракте"
    CASSETTE_JAMMED = 0x44, "купюра застряла у кассеты"
    CHEATED = 0x45, "попытка обмана"
    PAUSE = 0x46, "две купюры подряд"
    FAILURE = 0x47, "неисправность"
    ESCROW = 0x80, "купюра ждёт решения"
    STACKED = 0x81, "купюра уложена"
    RETURNED = 0x82, "купюра возвращена"


WITH_PARAMETER = frozenset(
    (Status.BUSY, Status.REJECTING, Status.FAILURE, Status.ESCROW, Status.STACKED, Status.RETURNED)
)
"""Statuses of two bytes; every other known status is one byte."""


class Reject(_Phrased):
    """Second byte of `REJECTING`."""

    INSERTION = 0x60, "вставлена неправильно"
    MAGNETIC = 0x61, "магнитный признак"
    RESIDUAL_NOTE = 0x62, "купюра осталась в головке"
    COMPENSATION = 0x63, "ошибка компенсации"
    CONVEYING = 0x64, "ошибка подачи"
    IDENTIFICATION = 0x65, "не опознана"
    VERIFICATION = 0x66, "не прошла проверку"
    OPTIC = 0x67, "оптический признак"
    INHIBITED = 0x68, "номинал запрещён"
    CAPACITANCE = 0x69, "ёмкостный признак"
    OPERATION = 0x6A, "ошибка работы"
    LENGTH = 0x6C, "длина"
    UV = 0x6D, "ультрафиолет"
    BARCODE_UNREADABLE = 0x92, "штрихкод не читается"
    BARCODE_LENGTH = 0x93, "длина штрихкода"
    BARCODE_START = 0x94, "начало штрихкода"
    BARCODE_STOP = 0x95, "конец штрихкода"


class Failure(_Phrased):
    """Second byte of `FAILURE`."""

    FIRMWARE_OBJECT = 0x10, "ошибка прошивки"
    FIRMWARE_TIMER = 0x11, "ошибка прошивки, таймер"
    FIRMWARE_TASK = 0x12, "ошибка прошивки, задача"
    MEMORY = 0x15, "память"
    RECOVERY_MODE = 0x22, "режим восстановления"
    CALIBRATION = 0x23, "калибровка"
    BOOT = 0x30, "загрузчик"
    STACKER_MOTOR = 0x50, "двигатель укладчика"
    TRANSPORT_SPEED = 0x51, "скорость двигателя тракта"
    TRANSPORT_MOTOR = 0x52, "двигатель тракта"
    ALIGNING_MOTOR = 0x53, "двигатель выравнивания"
    CASSETTE_AT_START = 0x54, "кассета при включении"
    OPTIC_CHANNEL = 0x55, "оптический канал"
    MAGNETIC_CHANNEL = 0x56, "магнитный канал"
    CAPACITANCE_CHANNEL = 0x5F, "ёмкостный канал"
    STACKER = 0xF4, "укладчик"
    COVER_OPEN = 0xFE, "крышка открыта"
