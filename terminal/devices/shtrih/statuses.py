"""Modes, submodes and flags of a register, and what they mean for taking money.

The specification names the flags but not their polarity, and kiosk models differ; so the polarity is a setting of the
model. Source: "Протокол работы ККТ–ФН" 1.17, команды 10h, 11h; edition for kiosks, приложение 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from contracts.faults import ActiveFault, FaultCode


class Mode(IntEnum):
    """Режим: low nibble of the byte."""

    WORK = 0
    DATA_OUTPUT = 1
    SHIFT_OPEN = 2
    SHIFT_OVERDUE = 3
    SHIFT_CLOSED = 4
    LOCKED = 5
    CONFIRM_DATE = 6
    DECIMAL_POINT = 7
    DOCUMENT_OPEN = 8
    NEEDS_RESET = 9
    TEST_PRINT = 10
    FULL_REPORT = 11
    SLIP_WORK = 12
    SLIP_PRINT = 13
    SLIP_READY = 14
    UNKNOWN = 15


_MODE_NAMES = {
    Mode.WORK: "рабочий режим",
    Mode.DATA_OUTPUT: "выдача данных",
    Mode.SHIFT_OPEN: "смена открыта",
    Mode.SHIFT_OVERDUE: "смена открыта более 24 часов",
    Mode.SHIFT_CLOSED: "смена закрыта",
    Mode.LOCKED: "блокировка по неверному паролю",
    Mode.CONFIRM_DATE: "ожидание подтверждения даты",
    Mode.DECIMAL_POINT: "разрешение изменить десятичную точку",
    Mode.DOCUMENT_OPEN: "открытый документ",
    Mode.NEEDS_RESET: "разрешение технологического обнуления",
    Mode.TEST_PRINT: "тестовый прогон",
    Mode.FULL_REPORT: "печать полного отчёта",
    Mode.SLIP_WORK: "работа с подкладным документом",
    Mode.SLIP_PRINT: "печать подкладного документа",
    Mode.SLIP_READY: "подкладной документ сформирован",
    Mode.UNKNOWN: "неизвестный режим",
}


class Submode(IntEnum):
    """Подрежим: what the printer is doing."""

    IDLE = 0
    PAPER_OUT = 1
    """Passive: nothing was being printed."""
    PAPER_OUT_PRINTING = 2
    """Active: the paper ended in the middle."""
    AWAITS_CONTINUE = 3
    PRINTING_REPORT = 4
    PRINTING = 5
    UNKNOWN = 255


_SUBMODE_NAMES = {
    Submode.IDLE: "бумага есть",
    Submode.PAPER_OUT: "бумаги нет",
    Submode.PAPER_OUT_PRINTING: "бумага кончилась при печати",
    Submode.AWAITS_CONTINUE: "ожидание продолжения печати",
    Submode.PRINTING_REPORT: "печать отчёта",
    Submode.PRINTING: "печать операции",
    Submode.UNKNOWN: "неизвестный подрежим",
}


def mode_of(byte: int) -> Mode:
    """The mode of a status byte; the high nibble says only which kind of document is open."""
    return Mode(byte & 0x0F)


def submode_of(byte: int) -> Submode:
    try:
        return Submode(byte)
    except ValueError:
        return Submode.UNKNOWN


@dataclass(frozen=True, slots=True)
class FlagModel:
    """Which value of a flag means trouble; None: the sensor is not fitted and its flag says nothing."""

    paper_out_when: bool | None = False
    """Bit 7, optical sensor of the receipt paper."""
    paper_low_when: bool | None = False
    """Bit 1, weight or near-end sensor."""
    cover_open_when: bool | None = True
    """Bit 10."""
    lever_up_when: bool | None = None
    """Bit 9, lever of the head."""
    presenter_holds_when: bool | None = None
    """Bit 11 on kiosk models: paper lies in the presenter."""


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags by meaning."""

    paper_out: bool
    paper_low: bool
    cover_open: bool
    lever_up: bool
    presenter_holds: bool


def read_flags(flags: int, model: FlagModel) -> Flags:
    """The 16 bits of a status by meaning."""

    def means(bit: int, when: bool | None) -> bool:
        return when is not None and bool(flags >> bit & 1) is when

    return Flags(
        paper_out=means(7, model.paper_out_when),
        paper_low=means(1, model.paper_low_when),
        cover_open=means(10, model.cover_open_when),
        lever_up=means(9, model.lever_up_when),
        presenter_holds=means(11, model.presenter_holds_when),
    )


def describe(mode: Mode, submode: Submode) -> str:
    """For technicians: `режим 4 (смена закрыта), подрежим 0 (бумага есть)`."""
    return (
        f"режим {int(mode)} ({_MODE_NAMES[mode]}), "
        f"подрежим {int(submode)} ({_SUBMODE_NAMES[submode]})"
    )


def faults_of(mode: Mode, submode: Submode, flags: Flags) -> frozenset[ActiveFault]:
    """What is wrong by the status alone. An overdue shift and an open document are for the driver to settle; only
    the first is told."""
    found: list[ActiveFault] = []
    if flags.cover_open or flags.lever_up:
        found.append(ActiveFault(FaultCode.REGISTER_COVER_OPEN))
    if flags.paper_out or submode in (Submode.PAPER_OUT, Submode.PAPER_OUT_PRINTING):
        found.append(ActiveFault(FaultCode.REGISTER_PAPER_OUT))
    elif flags.paper_low:
        found.append(ActiveFault(FaultCode.REGISTER_PAPER_LOW))
    if submode is Submode.UNKNOWN:
        found.append(ActiveFault(FaultCode.REGISTER_FAILURE, describe(mode, submode)))
    match mode:
        case Mode.SHIFT_OVERDUE:
            found.append(ActiveFault(FaultCode.REGISTER_SHIFT_OVER_24H))
        case Mode.CONFIRM_DATE:
            found.append(ActiveFault(FaultCode.REGISTER_CLOCK, describe(mode, submode)))
        case Mode.SHIFT_OPEN | Mode.SHIFT_CLOSED | Mode.DOCUMENT_OPEN | Mode.DATA_OUTPUT | Mode.WORK:
            pass
        case _:
            found.append(ActiveFault(FaultCode.REGISTER_WRONG_MODE, describe(mode, submode)))
    return frozenset(found)
