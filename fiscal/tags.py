"""Requisites (tags) of fiscal documents: number, name, form and length of each that this product uses.

Source of the forms and lengths: приложение 2 к приказу ФНС ЕД-7-20/662@ with later amendments. `source` names the
place within it, or the amending order.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How the value of a requisite is laid out in bytes."""

    BYTE = "byte"
    BITS = "bits"
    """One byte of flags."""
    UINT32 = "uint32"
    VLN = "vln"
    """Whole number, little-endian, as few bytes as it takes."""
    FVLN = "fvln"
    """One byte with the count of decimals, then a whole number as in `VLN`."""
    STRING = "string"
    """CP866, as long as it is."""
    STRING_FIXED = "string-fixed"
    """CP866, padded on the right with spaces."""
    UNIX_TIME = "unix-time"
    """Seconds since 1970 of the local wall time counted as if it were UTC."""
    BYTES = "bytes"
    STLV = "stlv"
    """Nested requisites."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One requisite. `length` is in bytes: exact for fixed forms, the greatest allowed for the others."""

    number: int
    name: str
    form: Form
    length: int
    source: str


_RECEIPT = "состав кассового чека (БСО)"
_AUTOMAT = "состав кассового чека, автоматическое устройство"
_AGENT = "реквизиты агента и поставщика"
_FFD_12 = "состав кассового чека, версия ФФД 1.2"
_CORRECTION = "состав чека коррекции"
_SHIFT = "отчёты об открытии и закрытии смены"

_ENTRIES = (
    Tag(1005, "адрес оператора перевода", Form.STRING, 256, _AGENT),
    Tag(1008, "телефон или электронный адрес покупателя", Form.STRING, 64, _RECEIPT),
    Tag(1009, "адрес расчетов", Form.STRING, 256, _RECEIPT),
    Tag(1012, "дата, время", Form.UNIX_TIME, 4, _RECEIPT),
    Tag(1016, "ИНН оператора перевода", Form.STRING_FIXED, 12, _AGENT),
    Tag(1018, "ИНН пользователя", Form.STRING_FIXED, 12, _RECEIPT),
    Tag(1020, "сумма расчета", Form.VLN, 6, _RECEIPT),
    Tag(1021, "кассир", Form.STRING, 64, _RECEIPT),
    Tag(1023, "количество предмета расчета", Form.FVLN, 8, _RECEIPT),
    Tag(1026, "наименование оператора перевода", Form.STRING, 64, _AGENT),
    Tag(1030, "наименование предмета расчета", Form.STRING, 128, _RECEIPT),
    Tag(1031, "сумма по чеку наличными", Form.VLN, 6, _RECEIPT),
    Tag(1036, "номер автомата", Form.STRING, 20, _AUTOMAT),
    Tag(1037, "регистрационный номер ККТ", Form.STRING_FIXED, 20, _RECEIPT),
    Tag(1038, "номер смены", Form.UINT32, 4, _SHIFT),
    Tag(1040, "номер фискального документа", Form.UINT32, 4, _RECEIPT),
    Tag(1041, "номер ФН", Form.STRING_FIXED, 16, _RECEIPT),
    Tag(1042, "номер чека за смену", Form.UINT32, 4, _RECEIPT),
    Tag(1043, "стоимость предмета расчета", Form.VLN, 6, _RECEIPT),
    Tag(1044, "операция банковского платежного агента", Form.STRING, 24, _AGENT),
    Tag(1048, "наименование пользователя", Form.STRING, 256, _RECEIPT),
    Tag(1054, "признак расчета", Form.BYTE, 1, _RECEIPT),
    Tag(1055, "применяемая система налогообложения", Form.BITS, 1, _RECEIPT),
    Tag(1057, "признак агента", Form.BITS, 1, _AGENT),
    Tag(1059, "предмет расчета", Form.STLV, 1024, _RECEIPT),
    Tag(1060, "адрес сайта ФНС", Form.STRING, 256, _RECEIPT),
    Tag(1073, "телефон платежного агента", Form.STRING, 19, _AGENT),
    Tag(1074, "телефон оператора по приему платежей", Form.STRING, 19, _AGENT),
    Tag(1075, "телефон оператора перевода", Form.STRING, 19, _AGENT),
    Tag(1077, "фискальный признак документа", Form.BYTES, 6, _RECEIPT),
    Tag(1079, "цена за единицу предмета расчета", Form.VLN, 6, _RECEIPT),
    Tag(1081, "сумма по чеку безналичными", Form.VLN, 6, _RECEIPT),
    Tag(1084, "дополнительный реквизит пользователя", Form.STLV, 320, _RECEIPT),
    Tag(1085, "наименование дополнительного реквизита пользователя", Form.STRING, 64, _RECEIPT),
    Tag(1086, "значение дополнительного реквизита пользователя", Form.STRING, 256, _RECEIPT),
    Tag(1102, "сумма НДС чека по ставке 20%", Form.VLN, 6, _RECEIPT),
    Tag(1103, "сумма НДС чека по ставке 10%", Form.VLN, 6, _RECEIPT),
    Tag(1104, "сумма расчета по чеку с НДС по ставке 0%", Form.VLN, 6, _RECEIPT),
    Tag(1105, "сумма расчета по чеку без НДС", Form.VLN, 6, _RECEIPT),
    Tag(1106, "сумма НДС чека по расч. ставке 20/120", Form.VLN, 6, _RECEIPT),
    Tag(1107, "сумма НДС чека по расч. ставке 10/110", Form.VLN, 6, _RECEIPT),
    Tag(1117, "адрес электронной почты отправителя чека", Form.STRING, 64, _RECEIPT),
    Tag(1171, "телефон поставщика", Form.STRING, 19, _AGENT),
    Tag(1173, "тип коррекции", Form.BYTE, 1, _CORRECTION),
    Tag(1174, "основание для коррекции", Form.STLV, 292, _CORRECTION),
    Tag(1178, "дата совершения корректируемого расчета", Form.UNIX_TIME, 4, _CORRECTION),
    Tag(1179, "номер предписания налогового органа", Form.STRING, 32, _CORRECTION),
    Tag(1187, "место расчетов", Form.STRING, 256, _RECEIPT),
    Tag(1191, "дополнительный реквизит предмета расчета", Form.STRING, 64, _RECEIPT),
    Tag(1192, "дополнительный реквизит чека (БСО)", Form.STRING, 16, _RECEIPT),
    Tag(1199, "ставка НДС", Form.BYTE, 1, "приказ ФНС ЕД-7-20/1050@: значения 11 и 12"),
    Tag(1203, "ИНН кассира", Form.STRING_FIXED, 12, _RECEIPT),
    Tag(1209, "номер версии ФФД", Form.BYTE, 1, _RECEIPT),
    Tag(1212, "признак предмета расчета", Form.BYTE, 1, _RECEIPT),
    Tag(1214, "признак способа расчета", Form.BYTE, 1, _RECEIPT),
    Tag(1215, "сумма по чеку предоплатой (зачетом аванса)", Form.VLN, 6, _RECEIPT),
    Tag(1216, "сумма по чеку постоплатой (в кредит)", Form.VLN, 6, _RECEIPT),
    Tag(1217, "сумма по чеку встречным предоставлением", Form.VLN, 6, _RECEIPT),
    Tag(1221, "признак установки принтера в автомате", Form.BYTE, 1, _AUTOMAT),
    Tag(1222, "признак агента по предмету расчета", Form.BITS, 1, _AGENT),
    Tag(1223, "данные агента", Form.STLV, 512, _AGENT),
    Tag(1224, "данные поставщика", Form.STLV, 512, _AGENT),
    Tag(1225, "наименование поставщика", Form.STRING, 256, _AGENT),
    Tag(1226, "ИНН поставщика", Form.STRING_FIXED, 12, _AGENT),
    Tag(2108, "мера количества предмета расчета", Form.BYTE, 1, _FFD_12),
)

TAGS: dict[int, Tag] = {entry.number: entry for entry in _ENTRIES}
