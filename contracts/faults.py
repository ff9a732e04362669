"""The one catalogue of faults: what each means, how grave it is, what it stops, whether money is at stake.

Pages, command line, watchdog and reports all read this table; nothing else explains a code. A code never changes
its meaning. The words for clients are message identifiers in English; the Russian texts stand in the catalogue of
the terminal's languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Who must act, and how soon."""

    INFO = "info"
    """Nobody; kept for the record."""
    WARNING = "warning"
    """Somebody, today."""
    ERROR = "error"
    """Somebody, within the hour: a service is not offered."""
    CRITICAL = "critical"
    """Somebody, now: money is unexplained or nothing works."""


class Stops(StrEnum):
    """What a fault takes out of service."""

    NOTHING = "nothing"
    CASH = "cash"
    PAYMENTS = "payments"
    """Every tender."""
    READINGS = "readings"
    EVERYTHING = "everything"


class FaultCode(StrEnum):
    """Stable codes: a letter group for the place, a number within it."""

    ACCEPTOR_SILENT = "CA01"
    ACCEPTOR_CASSETTE_OUT = "CA02"
    ACCEPTOR_CASSETTE_FULL = "CA03"
    ACCEPTOR_JAM = "CA04"
    ACCEPTOR_CASSETTE_JAM = "CA05"
    ACCEPTOR_CHEATED = "CA06"
    ACCEPTOR_PAUSED = "CA07"
    ACCEPTOR_FAILURE = "CA08"
    ACCEPTOR_FOREIGN_TABLE = "CA09"
    ACCEPTOR_LINE_NOISE = "CA10"
    ACCEPTOR_REPLACED = "CA11"
    ACCEPTOR_REJECTS_MANY = "CA12"
    ACCEPTOR_STUCK = "CA13"
    NOTE_DISPUTED = "CA20"
    NOTE_UNASSIGNED = "CA21"
    NOTE_UNACCOUNTED = "CA22"

    REGISTER_SILENT = "FR01"
    REGISTER_PAPER_OUT = "FR02"
    REGISTER_PAPER_LOW = "FR03"
    REGISTER_COVER_OPEN = "FR04"
    REGISTER_PRINTER_FAULT = "FR05"
    REGISTER_SHIFT_OVER_24H = "FR06"
    REGISTER_CLOCK = "FR07"
    REGISTER_FAILURE = "FR08"
    REGISTER_WRONG_MODE = "FR09"
    REGISTER_LINE_NOISE = "FR10"
    REGISTER_REPLACED = "FR11"
    STORAGE_EXPIRES_SOON = "FS01"
    STORAGE_EXPIRED = "FS02"
    STORAGE_FULL = "FS03"
    STORAGE_FAILURE = "FS04"
    OFD_UNSENT_OLD = "FS05"
    OFD_BLOCKED = "FS06"
    RECEIPT_UNKNOWN = "FR20"
    RECEIPT_NOT_PRINTED = "FR21"

    HOST_UNREACHABLE = "BH01"
    HOST_ANSWERS_WRONG = "BH02"
    HOST_REFUSES_PAYMENT = "BH03"
    HOST_KEY_CONFLICT = "BH04"
    OUTBOX_CUTOFF_NEAR = "BH05"
    OFFLINE_BUDGET_SPENT = "BH06"
    DAY_NOT_EQUAL = "BH07"
    WITNESS_UNRELIABLE = "BH08"

    JOURNAL_CHAIN_BROKEN = "JR01"
    JOURNAL_IDENTITY_BROKEN = "JR02"
    DISK_LOW = "JR03"
    DISK_FAILED = "JR04"
    CLOCK_UNTRUSTED = "JR05"
    JOURNAL_ROLLED_BACK = "JR06"
    JOURNAL_FORKED = "JR07"
    JOURNAL_KEY_FOREIGN = "JR08"
    JOURNAL_MIRROR_BEHIND = "JR09"
    JOURNAL_MIRROR_LOST = "JR10"
    DATA_OVERDUE = "JR11"

    SERVICE_STOPPED = "WD01"
    SERVICE_FROZEN = "WD02"
    KIOSK_STOPPED = "WD03"
    KIOSK_FROZEN = "WD04"
    RESTART_BUDGET_SPENT = "WD05"


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the catalogue."""

    code: FaultCode
    meaning: str
    """For technicians, in Russian: what is wrong and what to do."""
    severity: Severity
    stops: Stops
    money_at_stake: bool = False
    client_text: str = ""
    """Message identifier of what the client sees; empty when clients need not know."""


_NO_CASH = "Cash is not accepted at the moment."
_NO_RECEIPT = "Receipts cannot be printed at the moment, so payments are not accepted."
_NO_HOST = "There is no connection with the supplier at the moment."
_BROKEN = "The terminal is temporarily out of service."


def _acceptor(code: FaultCode, meaning: str, severity: Severity = Severity.ERROR, stops: Stops = Stops.CASH,
              *, money: bool = False) -> Fault:
    return Fault(code, meaning, severity, stops, money, _NO_CASH if stops is Stops.CASH else "")


def _register(code: FaultCode, meaning: str, severity: Severity = Severity.ERROR,
              stops: Stops = Stops.PAYMENTS, *, money: bool = False) -> Fault:
    return Fault(code, meaning, severity, stops, money, _NO_RECEIPT if stops is Stops.PAYMENTS else "")


_ENTRIES = (
    _acceptor(FaultCode.ACCEPTOR_SILENT, "Купюроприёмник не отвечает. Проверьте питание и кабель."),
    _acceptor(FaultCode.ACCEPTOR_CASSETTE_OUT, "Кассета вынута или закрыта неплотно. Вставьте кассету до щелчка."),
    _acceptor(FaultCode.ACCEPTOR_CASSETTE_FULL, "Кассета заполнена. Нужна инкассация."),
    _acceptor(FaultCode.ACCEPTOR_JAM, "Купюра застряла в тракте. Откройте тракт и достаньте её.", money=True),
    _acceptor(FaultCode.ACCEPTOR_CASSETTE_JAM, "Купюра застряла у кассеты. Снимите кассету и достаньте её.",
              money=True),
    _acceptor(FaultCode.ACCEPTOR_CHEATED, "Попытка обмана приёмника. Осмотрите приёмник и запись камеры.",
              Severity.WARNING, Stops.NOTHING),
    _acceptor(FaultCode.ACCEPTOR_PAUSED, "Две купюры подряд. Уберите лишнюю купюру.", Severity.WARNING),
    _acceptor(FaultCode.ACCEPTOR_FAILURE, "Неисправность узла приёмника, код в подробностях. Вызовите мастера."),
    _acceptor(FaultCode.ACCEPTOR_FOREIGN_TABLE, "Таблица купюр без рублей. Смените прошивку приёмника."),
    _acceptor(FaultCode.ACCEPTOR_LINE_NOISE, "Ошибки на линии приёмника. Проверьте кабель и заземление.",
              Severity.WARNING, Stops.NOTHING),
    _acceptor(FaultCode.ACCEPTOR_REPLACED, "Серийный номер приёмника другой, чем в журнале. Подтвердите замену.",
              Severity.WARNING, Stops.NOTHING),
    _acceptor(FaultCode.ACCEPTOR_REJECTS_MANY, "Приёмник отвергает купюры подряд. Почистите датчики.",
              Severity.WARNING, Stops.NOTHING),
    _acceptor(FaultCode.ACCEPTOR_STUCK, "Приёмник застыл в одном состоянии. Выполняется сброс."),
    _acceptor(FaultCode.NOTE_DISPUTED, "Неизвестно, попала ли купюра в кассету. Решится при инкассации.",
              Severity.CRITICAL, Stops.NOTHING, money=True),
    _acceptor(FaultCode.NOTE_UNASSIGNED, "В кассете купюра без открытого платежа. Записана отдельно.",
              Severity.CRITICAL, Stops.NOTHING, money=True),
    _acceptor(FaultCode.NOTE_UNACCOUNTED, "Приёмник убрал купюру без заказа и не назвал её. Пересчитайте кассету.",
              Severity.CRITICAL, Stops.NOTHING, money=True),
    _register(FaultCode.REGISTER_SILENT, "Фискальный регистратор не отвечает. Проверьте питание и кабель."),
    _register(FaultCode.REGISTER_PAPER_OUT, "Нет чековой бумаги. Вставьте рулон."),
    _register(FaultCode.REGISTER_PAPER_LOW, "Бумага заканчивается. Замените рулон сегодня.", Severity.WARNING,
              Stops.NOTHING),
    _register(FaultCode.REGISTER_COVER_OPEN, "Крышка печати открыта. Закройте крышку."),
    _register(FaultCode.REGISTER_PRINTER_FAULT, "Неисправность печати: нож, головка или питание."),
    _register(FaultCode.REGISTER_SHIFT_OVER_24H, "Смена открыта более 24 часов. Закрывается автоматически.",
              Severity.WARNING),
    _register(FaultCode.REGISTER_CLOCK, "Часы регистратора требуют подтверждения или расходятся более чем на 5 минут."),
    _register(FaultCode.REGISTER_FAILURE, "Аппаратная ошибка регистратора, код в подробностях. Вызовите мастера."),
    _register(FaultCode.REGISTER_WRONG_MODE, "Регистратор в непригодном режиме, режим в подробностях."),
    _register(FaultCode.REGISTER_LINE_NOISE, "Ошибки на линии регистратора. Проверьте кабель.", Severity.WARNING,
              Stops.NOTHING),
    _register(FaultCode.REGISTER_REPLACED, "Номер фискального накопителя другой, чем в журнале. Нужен оператор.",
              money=True),
    _register(FaultCode.STORAGE_EXPIRES_SOON, "Срок фискального накопителя истекает в ближайшие 30 дней.",
              Severity.WARNING, Stops.NOTHING),
    _register(FaultCode.STORAGE_EXPIRED, "Срок фискального накопителя истёк. Замените накопитель.",
              Severity.CRITICAL),
    _register(FaultCode.STORAGE_FULL, "Память фискального накопителя исчерпана. Замените накопитель.",
              Severity.CRITICAL),
    _register(FaultCode.STORAGE_FAILURE, "Фискальный накопитель не отвечает. Вызовите мастера.", Severity.CRITICAL),
    _register(FaultCode.OFD_UNSENT_OLD, "Документы не уходят в ОФД. Проверьте связь регистратора.", Severity.WARNING,
              Stops.NOTHING),
    _register(FaultCode.OFD_BLOCKED, "Документ не передан в ОФД более 30 дней: накопитель заблокирован.",
              Severity.CRITICAL),
    _register(FaultCode.RECEIPT_UNKNOWN, "Неизвестно, оформлен ли чек. Регистратор опрашивается.", Severity.CRITICAL,
              money=True),
    _register(FaultCode.RECEIPT_NOT_PRINTED, "Чек оформлен, но не напечатан. Будет допечатан.", Severity.ERROR,
              Stops.NOTHING),
    Fault(FaultCode.HOST_UNREACHABLE, "Нет связи с сервером поставщика.", Severity.WARNING, Stops.NOTHING, False,
          _NO_HOST),
    Fault(FaultCode.HOST_ANSWERS_WRONG, "Сервер отвечает не по протоколу.", Severity.ERROR, Stops.NOTHING, False,
          _NO_HOST),
    Fault(FaultCode.HOST_REFUSES_PAYMENT, "Сервер отказал в зачислении принятых денег. Нужен оператор.",
          Severity.CRITICAL, Stops.NOTHING, True),
    Fault(FaultCode.HOST_KEY_CONFLICT, "Сервер помнит под этим ключом другой платёж. Нужен оператор.",
          Severity.CRITICAL, Stops.PAYMENTS, True, _BROKEN),
    Fault(FaultCode.OUTBOX_CUTOFF_NEAR, "До конца дня осталось мало времени, а платежи не переданы.",
          Severity.CRITICAL, Stops.NOTHING, True),
    Fault(FaultCode.OFFLINE_BUDGET_SPENT, "Исчерпан лимит работы без связи: наличные не принимаются.",
          Severity.ERROR, Stops.CASH, False, _NO_CASH),
    Fault(FaultCode.DAY_NOT_EQUAL, "Итоги дня не сходятся с сервером поставщика.", Severity.CRITICAL, Stops.NOTHING,
          True),
    Fault(FaultCode.WITNESS_UNRELIABLE,
          "Сервер не заверяет отметки журнала или потерял заверенные: подробности в записи. Нужен оператор сервера.",
          Severity.ERROR, Stops.NOTHING),
    Fault(FaultCode.JOURNAL_CHAIN_BROKEN, "Цепочка журнала нарушена. Приём денег остановлен.", Severity.CRITICAL,
          Stops.PAYMENTS, True, _BROKEN),
    Fault(FaultCode.JOURNAL_IDENTITY_BROKEN, "Итоги журнала не сходятся. Наличные не принимаются.",
          Severity.CRITICAL, Stops.CASH, True, _NO_CASH),
    Fault(FaultCode.DISK_LOW, "Мало места на диске. Новые платежи не принимаются.", Severity.CRITICAL,
          Stops.PAYMENTS, False, _BROKEN),
    Fault(FaultCode.DISK_FAILED, "Ошибка диска. Терминал остановлен.", Severity.CRITICAL, Stops.EVERYTHING, True,
          _BROKEN),
    Fault(FaultCode.CLOCK_UNTRUSTED, "Часы терминала стоят раньше последней записи журнала.", Severity.ERROR,
          Stops.READINGS),
    Fault(FaultCode.JOURNAL_ROLLED_BACK,
          "Журнал старше заверенного сервером: стоит прежняя копия. Ничего не меняйте, вызовите оператора.",
          Severity.CRITICAL, Stops.CASH, True, _NO_CASH),
    Fault(FaultCode.JOURNAL_FORKED,
          "У сервера заверен другой журнал этого терминала: где-то работает копия. Вызовите оператора.",
          Severity.CRITICAL, Stops.CASH, True, _NO_CASH),
    Fault(FaultCode.JOURNAL_KEY_FOREIGN,
          "Сервер знает этот терминал с другим ключом: диск новый или чужой. Оператор должен принять терминал.",
          Severity.CRITICAL, Stops.CASH, True, _NO_CASH),
    Fault(FaultCode.JOURNAL_MIRROR_BEHIND,
          "Вторая копия журнала не пишется. Проверьте её носитель: через час наличные перестанут приниматься.",
          Severity.ERROR, Stops.NOTHING),
    Fault(FaultCode.JOURNAL_MIRROR_LOST,
          "Вторая копия журнала не пишется больше часа. Замените её носитель.",
          Severity.CRITICAL, Stops.CASH, False, _NO_CASH),
    Fault(FaultCode.DATA_OVERDUE,
          "Персональные данные не стёрты в срок, причина в подробностях. Проверьте часы, сервер, файл ключей.",
          Severity.WARNING, Stops.NOTHING),
    Fault(FaultCode.SERVICE_STOPPED, "Процесс service завершился и перезапущен.", Severity.ERROR, Stops.EVERYTHING,
          False, _BROKEN),
    Fault(FaultCode.SERVICE_FROZEN, "Процесс service не подавал признаков работы и перезапущен.", Severity.ERROR,
          Stops.EVERYTHING, False, _BROKEN),
    Fault(FaultCode.KIOSK_STOPPED, "Процесс kiosk завершился и перезапущен.", Severity.ERROR, Stops.EVERYTHING),
    Fault(FaultCode.KIOSK_FROZEN, "Экран не обновлялся; kiosk перезапущен.", Severity.ERROR, Stops.EVERYTHING),
    Fault(FaultCode.RESTART_BUDGET_SPENT, "Частые перезапуски; попытки продолжаются реже. Нужен мастер.",
          Severity.CRITICAL, Stops.EVERYTHING, False, _BROKEN),
)

CATALOGUE: dict[FaultCode, Fault] = {entry.code: entry for entry in _ENTRIES}


@dataclass(frozen=True, slots=True)
class ActiveFault:
    """A fault that is there now. `detail` is for technicians: raw codes, numbers; never personal data."""

    code: FaultCode
    detail: str = ""

    @property
    def entry(self) -> Fault:
        return CATALOGUE[self.code]
