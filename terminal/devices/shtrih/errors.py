"""Error codes of the registers: a phrase for technicians, and the entry of the fault catalogue that each one is.

Source: "Протокол работы ККТ–ФН" 1.17, приложение "Коды ошибок". A code that is not in the table is a failure of the
register and keeps its number.
"""

from __future__ import annotations

from contracts.faults import ActiveFault, FaultCode

NO_SUCH_DOCUMENT = 0x08
SHIFT_OVER_STORAGE = 0x16
RECEIPT_IS_OPEN = 0x4A
SHIFT_OVER_REGISTER = 0x4E
STILL_PRINTING = 0x50
NOTHING_TO_REPEAT = 0x56
AWAITS_CONTINUE = 0x58
NOT_IN_SUBMODE = 0x72
NOT_IN_MODE = 0x73
NOT_SUPPORTED = frozenset({0x01, 0x37})

_FAILURE = FaultCode.REGISTER_FAILURE
_MODE = FaultCode.REGISTER_WRONG_MODE
_STORAGE = FaultCode.STORAGE_FAILURE
_PRINTER = FaultCode.REGISTER_PRINTER_FAULT
_CLOCK = FaultCode.REGISTER_CLOCK

_TABLE: dict[int, tuple[str, FaultCode]] = {
    0x01: ("неизвестная команда или неверный формат", _FAILURE),
    0x02: ("другое состояние ФН", _MODE),
    0x03: ("отказ ФН", _STORAGE),
    0x04: ("отказ криптографии ФН", _STORAGE),
    0x05: ("срок ФН закончился", FaultCode.STORAGE_EXPIRED),
    0x06: ("архив ФН переполнен", FaultCode.STORAGE_FULL),
    0x07: ("неверные дата или время", _CLOCK),
    0x08: ("запрошенных данных нет", _FAILURE),
    0x09: ("неверное значение параметра", _FAILURE),
    0x10: ("данные TLV слишком длинные", _FAILURE),
    0x11: ("нет транспортного соединения с ОФД", FaultCode.OFD_UNSENT_OLD),
    0x12: ("ресурс криптографии исчерпан", FaultCode.STORAGE_EXPIRED),
    0x14: ("место для сообщений ОФД исчерпано", FaultCode.OFD_BLOCKED),
    0x15: ("документ ждёт передачи более 30 дней", FaultCode.OFD_BLOCKED),
    0x16: ("смена в ФН длится более 24 часов", FaultCode.REGISTER_SHIFT_OVER_24H),
    0x17: ("время отличается от таймера ФН более чем на 5 минут", _CLOCK),
    0x20: ("сообщение ОФД отклонено", FaultCode.OFD_UNSENT_OLD),
    0x2F: ("ФН не ответил вовремя", _STORAGE),
    0x30: ("ФН не отвечает", _STORAGE),
    0x33: ("неверные параметры", _FAILURE),
    0x34: ("нет данных", _FAILURE),
    0x35: ("неверный параметр при этих настройках", _FAILURE),
    0x36: ("неверные параметры для этой модели", _FAILURE),
    0x37: ("команда не поддерживается", _FAILURE),
    0x38: ("ошибка в ПЗУ", _FAILURE),
    0x39: ("внутренняя ошибка программы", _FAILURE),
    0x3C: ("смена открыта", _MODE),
    0x3D: ("смена не открыта", _MODE),
    0x45: ("оплат меньше, чем итог", _FAILURE),
    0x46: ("не хватает наличных в ящике", _FAILURE),
    0x48: ("переполнение итога", _FAILURE),
    0x49: ("не для этого вида чека", _MODE),
    0x4A: ("открыт чек", _MODE),
    0x4B: ("буфер чека переполнен", _FAILURE),
    0x4D: ("безналичная оплата больше итога", _FAILURE),
    0x4E: ("смена длится более 24 часов", FaultCode.REGISTER_SHIFT_OVER_24H),
    0x4F: ("неверный пароль", _FAILURE),
    0x50: ("идёт печать предыдущей команды", _MODE),
    0x55: ("чек закрыт", _MODE),
    0x56: ("нет документа для повтора", _FAILURE),
    0x58: ("ожидание команды продолжения печати", _MODE),
    0x59: ("документ открыт другим оператором", _MODE),
    0x5C: ("питание 24 В понижено", _PRINTER),
    0x5D: ("таблица не определена", _FAILURE),
    0x5E: ("неверная операция", _MODE),
    0x5F: ("отрицательный итог", _FAILURE),
    0x60: ("переполнение при умножении", _FAILURE),
    0x61: ("переполнение цены", _FAILURE),
    0x62: ("переполнение количества", _FAILURE),
    0x63: ("переполнение отдела", _FAILURE),
    0x6A: ("ошибка питания при обмене", _FAILURE),
    0x6B: ("нет чековой ленты", FaultCode.REGISTER_PAPER_OUT),
    0x6C: ("нет контрольной ленты", FaultCode.REGISTER_PAPER_OUT),
    0x71: ("ошибка отрезчика", _PRINTER),
    0x72: ("не в этом подрежиме", _MODE),
    0x73: ("не в этом режиме", _MODE),
    0x74: ("ошибка ОЗУ", _FAILURE),
    0x75: ("ошибка питания", _PRINTER),
    0x77: ("нет сигнала с датчика печати", _PRINTER),
    0x78: ("программа заменена, нужен сброс", _FAILURE),
    0x79: ("ошибка часов", _CLOCK),
    0x7A: ("поле только для чтения", _FAILURE),
    0x7B: ("ошибка оборудования", _FAILURE),
    0x7C: ("даты не совпадают", _CLOCK),
    0x7D: ("неверный формат даты", _CLOCK),
    0x7E: ("неверная длина", _FAILURE),
    0x7F: ("переполнение итога чека", _FAILURE),
    0x8E: ("нулевой итог", _FAILURE),
    0x8F: ("касса не фискализирована", _FAILURE),
    0x94: ("слишком много операций в чеке", _FAILURE),
    0xA4: ("в данных нет обязательного реквизита", _FAILURE),
    0xC0: ("нужно подтвердить дату и время", _CLOCK),
    0xC2: ("питание выше нормы", _PRINTER),
    0xC4: ("номера смен в кассе и в ФН разные", _FAILURE),
    0xC7: ("поле в этом режиме не меняется", _MODE),
    0xC8: ("нет связи с печатью", _PRINTER),
    0xC9: ("перегрев печатающей головки", _PRINTER),
    0xCA: ("температура вне условий работы", _PRINTER),
    0xCF: ("часы сброшены", _CLOCK),
}


class Refused(Exception):
    """The register answered with an error code: it did not do what was asked, says it."""

    def __init__(self, code: int, command: str) -> None:
        super().__init__(f"{command}: {phrase(code)}")
        self.code = code
        self.command = command

    @property
    def fault(self) -> ActiveFault:
        return fault_of(self.code, self.command)


def phrase(code: int) -> str:
    """`4E: смена длится более 24 часов`."""
    text, _ = _TABLE.get(code, ("неизвестная ошибка", _FAILURE))
    return f"{code:02X}: {text}"


def fault_of(code: int, command: str = "") -> ActiveFault:
    """The fault that an error code is; never fails."""
    _, fault = _TABLE.get(code, ("", _FAILURE))
    return ActiveFault(fault, f"ошибка {phrase(code)}" + (f" ({command})" if command else ""))
