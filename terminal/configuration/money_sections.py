"""The sections of the configuration that concern money: devices, supplier's host, limits, visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time
from enum import Enum
from pathlib import Path
from typing import Annotated, ClassVar

from contracts.money import Money
from fiscal.documents import Agent, AgentKind, PaymentMethod, SubjectKind, TaxSystem, VatRate
from terminal.configuration.addresses import DeviceUrl, HostUrl
from terminal.configuration.rules import Choice, FilePath, NoteValues, Number, Rubles, Text, TimeOfDay, Whole
from terminal.configuration.section import About, Conflict
from terminal.configuration.sections import PHONE, PHONE_SAID

BANKNOTES = (10, 50, 100, 200, 500, 1000, 2000, 5000)
_TAKEN = frozenset(Money.rubles(each) for each in (50, 100, 200, 500, 1000, 2000, 5000))


class AcceptorProtocol(Enum):
    """Protocols of bill acceptors."""

    CCNET = "ccnet"


class RegisterProtocol(Enum):
    """Protocols of fiscal registers."""

    SHTRIH = "shtrih"


class RegisterLowLevel(Enum):
    """How frames are exchanged below the commands of a register."""

    STANDARD = "standard"
    NUMBERED = "numbered"


class HostProtocol(Enum):
    """Protocols of billing hosts."""

    NATIVE = "native"
    OSMP = "osmp"


@dataclass(frozen=True, slots=True)
class BillAcceptor:
    """The bill acceptor."""

    HEADING: ClassVar[str] = "Купюроприёмник."

    address: Annotated[str, DeviceUrl(), About("Где подключён.", '"serial:///dev/terminal/bill-acceptor?baud=9600"')]
    protocol: Annotated[AcceptorProtocol, Choice(AcceptorProtocol),
                        About("Протокол обмена.", '"ccnet"')] = AcceptorProtocol.CCNET
    values: Annotated[frozenset[Money], NoteValues(BANKNOTES),
                      About("Какие купюры принимать.", "[50, 100, 200, 500, 1000, 2000, 5000]")] = _TAKEN


@dataclass(frozen=True, slots=True)
class PaymentAgent:
    """Whose money it is when the owner of the terminal is not the supplier (103-ФЗ)."""

    HEADING: ClassVar[str] = ("Агент: только если терминал принадлежит не поставщику (103-ФЗ). "
                              "Поставщик, который принимает оплату сам, раздел не заполняет.")

    kind: Annotated[AgentKind, Choice(AgentKind), About("Признак агента (теги 1057 и 1222).", '"payment-agent"')]
    agent_phone: Annotated[str, Text(19, PHONE, PHONE_SAID), About("Телефон агента (1073).", '"+78120000001"')]
    operator_phone: Annotated[str, Text(19, PHONE, PHONE_SAID),
                              About("Телефон оператора по приёму платежей (1074).", '"+78120000002"')]
    supplier_phone: Annotated[str, Text(19, PHONE, PHONE_SAID), About("Телефон поставщика (1171).", '"+78120000003"')]
    supplier_name: Annotated[str, Text(256), About("Наименование поставщика (1225).", '"АО «Энергосбыт»"')]
    supplier_inn: Annotated[str, Text(12, r"[0-9]{10}|[0-9]{12}", "ИНН: 10 или 12 цифр с верными контрольными"),
                            About("ИНН поставщика (1226).", '"7800000002"')]

    def conflicts(self) -> Iterator[Conflict]:
        """The check digits of the ИНН."""
        if not inn_is_sound(self.supplier_inn):
            yield Conflict("supplier_inn", self.supplier_inn, "ИНН с верными контрольными цифрами")

    def as_agent(self) -> Agent:
        """The same as the fiscal document wants it."""
        return Agent(self.kind, self.agent_phone, self.operator_phone, self.supplier_phone, self.supplier_name,
                     self.supplier_inn)


@dataclass(frozen=True, slots=True)
class FiscalRegister:
    """The fiscal register and what goes into every receipt."""

    HEADING: ClassVar[str] = "Фискальный регистратор и реквизиты чека. Налоговые значения задаёт бухгалтерия."

    address: Annotated[str, DeviceUrl(), About("Где подключён.", '"serial:///dev/terminal/fiscal-register?baud=115200"')]
    tax_system: Annotated[TaxSystem, Choice(TaxSystem), About("Система налогообложения (1055).", '"general"')]
    vat_rate: Annotated[VatRate, Choice(VatRate), About("Ставка НДС (1199).", '"vat-22"')]
    payment_method: Annotated[PaymentMethod, Choice(PaymentMethod), About("Признак способа расчёта (1214).", '"full"')]
    item_name: Annotated[str, Text(128), About("Наименование предмета расчёта в чеке (1030).",
                                               '"Электрическая энергия"')]
    subject: Annotated[SubjectKind, Choice(SubjectKind),
                       About("Признак предмета расчёта (1212).", '"service"')] = SubjectKind.SERVICE
    protocol: Annotated[RegisterProtocol, Choice(RegisterProtocol),
                        About("Протокол обмена.", '"shtrih"')] = RegisterProtocol.SHTRIH
    low_level: Annotated[
        RegisterLowLevel, Choice(RegisterLowLevel),
        About("Нижний уровень обмена, заданный в самом регистраторе: standard (протокол 1.x) или numbered "
              "(2.0, с номерами пакетов).", '"standard"')] = RegisterLowLevel.STANDARD
    line_characters: Annotated[int, Whole(24, 64, "знаков"),
                               About("Знаков в строке чековой ленты обычным шрифтом.")] = 42
    password_file: Annotated[
        Path | None, FilePath(),
        About("Файл с паролем системного администратора регистратора. Задаётся ровно одно: файл или сам пароль.",
              '"/etc/terminal/register.password"', live=True)] = None
    password: Annotated[
        int | None, Whole(0, 99_999_999),
        About("Пароль системного администратора регистратора прямо здесь.", "12345678", secret=True),
    ] = field(default=None, repr=False)
    agent: PaymentAgent | None = None

    def conflicts(self) -> Iterator[Conflict]:
        """The password is given exactly once; there is no default one."""
        if (self.password is None) == (self.password_file is None):
            given = "" if self.password is None else "оба"
            yield Conflict("password", given, "ровно одно из двух: password или password_file")


@dataclass(frozen=True, slots=True)
class Processing:
    """The supplier's billing host."""

    HEADING: ClassVar[str] = "Сервер поставщика."

    url: Annotated[str, HostUrl(), About("Адрес.", '"https://billing.example.ru/terminal/v1"')]
    protocol: Annotated[HostProtocol, Choice(HostProtocol),
                        About("Протокол: native или osmp.", '"native"')] = HostProtocol.NATIVE
    ca_file: Annotated[Path | None, FilePath(),
                       About("Сертификат удостоверяющего центра сервера, если он не из системных.",
                             '"/etc/terminal/billing-ca.pem"')] = None
    credentials_file: Annotated[Path | None, FilePath(),
                                About("Файл с учётными данными терминала на сервере.",
                                      '"/etc/terminal/billing.credentials"')] = None
    witness_key: Annotated[
        str | None, Text(64, r"[0-9a-f]{64}", form_said="64 знака: цифры и буквы a-f"),
        About("Открытый ключ, которым сервер заверяет журнал. Если не задан: тот, которым заверит первым.",
              '"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"')] = None
    timeout_s: Annotated[int, Whole(1, 120, "сек"), About("Сколько ждать ответа сервера.")] = 30
    transfer_now_timeout_s: Annotated[
        int, Whole(1, 30, "сек"),
        About("Сколько ждать зачисления до печати чека; не успели — платёж уйдёт следом, и чек так и скажет.")] = 3

    def conflicts(self) -> Iterator[Conflict]:
        """The short wait is the shorter one."""
        if self.transfer_now_timeout_s > self.timeout_s:
            yield Conflict("transfer_now_timeout_s", str(self.transfer_now_timeout_s),
                           f"не больше timeout_s ({self.timeout_s})")


@dataclass(frozen=True, slots=True)
class Transfer:
    """When collected money must reach the supplier, and how long the terminal works without the link."""

    HEADING: ClassVar[str] = "Передача платежей и пределы работы без связи."

    cut_off: Annotated[time, TimeOfDay(), About("К этому времени платежи дня должны быть у поставщика.",
                                                '"21:00"')] = time(21, 0)
    warn_before_cut_off_minutes: Annotated[
        int, Whole(1, 720, "мин"),
        About("За сколько до этого времени поднимать тревогу о непереданных платежах.")] = 60
    retry_first_s: Annotated[int, Whole(1, 600, "сек"), About("Пауза перед первым повтором.")] = 5
    retry_max_s: Annotated[int, Whole(1, 3600, "сек"), About("Наибольшая пауза между повторами.")] = 300
    max_age_minutes: Annotated[
        int, Whole(1, 2880, "мин"),
        About("Предел работы без связи: возраст самого старого непереданного платежа.")] = 240
    max_count: Annotated[int, Whole(1, 10_000, "платежей"),
                         About("Предел работы без связи: число непереданных платежей.")] = 100
    max_sum: Annotated[
        Money, Rubles(100, 10_000_000),
        About("Предел работы без связи: их сумма. За любым из трёх пределов наличные не принимаются.", "200000"),
    ] = Money.rubles(200_000)

    def conflicts(self) -> Iterator[Conflict]:
        """Pauses grow."""
        if self.retry_first_s > self.retry_max_s:
            yield Conflict("retry_first_s", str(self.retry_first_s), f"не больше retry_max_s ({self.retry_max_s})")


@dataclass(frozen=True, slots=True)
class Payments:
    """Limits of one payment."""

    HEADING: ClassVar[str] = "Пределы одного платежа."

    min_sum: Annotated[Money, Rubles(1, 100_000), About("Наименьший платёж.", "10")] = Money.rubles(10)
    max_sum: Annotated[
        Money, Rubles(10, 100_000),
        About("Наибольший платёж. До 15 000 ₽ личность клиента не устанавливается (115-ФЗ).",
              "15000")] = Money.rubles(15_000)
    max_notes: Annotated[int, Whole(1, 200, "купюр"), About("Сколько купюр можно внести за один платёж.")] = 40

    def conflicts(self) -> Iterator[Conflict]:
        """The least is not more than the most."""
        if self.min_sum.kopecks > self.max_sum.kopecks:
            yield Conflict("min_sum_rubles", str(self.min_sum), f"не больше max_sum_rubles ({self.max_sum})")


@dataclass(frozen=True, slots=True)
class Metering:
    """When a reading is questioned. The days on which readings are taken come from the supplier's host."""

    HEADING: ClassVar[str] = "Показания. Дни приёма сообщает сервер поставщика."

    plausibility_factor: Annotated[
        float, Number(1.5, 100, "раз"),
        About("Во сколько раз расход должен превысить обычный, чтобы терминал переспросил.", "3.0")] = 3.0
    plausibility_floor_kwh: Annotated[
        int, Whole(0, 10_000, "кВт·ч"), About("Расход меньше этого не переспрашивается никогда.")] = 100


@dataclass(frozen=True, slots=True)
class Visit:
    """How long a page waits for the client, and how long its warning stands."""

    HEADING: ClassVar[str] = "Время на страницах: сначала ожидание, потом предупреждение с кнопкой «Продолжить»."

    menu_idle_s: Annotated[int, Whole(10, 600, "сек"), About("Меню и справка: ожидание.")] = 45
    menu_warning_s: Annotated[int, Whole(20, 120, "сек"), About("Меню и справка: предупреждение.")] = 20
    entry_idle_s: Annotated[int, Whole(10, 600, "сек"), About("Ввод счёта, показаний, суммы: ожидание.")] = 90
    entry_warning_s: Annotated[int, Whole(20, 120, "сек"), About("Ввод: предупреждение.")] = 30
    result_idle_s: Annotated[int, Whole(10, 600, "сек"), About("Сведения о счёте клиента: ожидание.")] = 60
    result_warning_s: Annotated[int, Whole(20, 120, "сек"), About("Сведения о счёте: предупреждение.")] = 20
    money_idle_s: Annotated[int, Whole(30, 600, "сек"), About("Внесены деньги: ожидание.")] = 120
    money_warning_s: Annotated[
        int, Whole(20, 120, "сек"), About("Внесены деньги: предупреждение; потом внесённое зачисляется на счёт.")] = 60
    done_idle_s: Annotated[int, Whole(5, 120, "сек"), About("Итог: потом первая страница.")] = 30


_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, *_INN_10)
_INN_12 = (3, *_INN_11)


def inn_is_sound(inn: str) -> bool:
    """Whether the check digits of an ИНН of 10 or 12 digits are right."""
    digits = [int(each) for each in inn]

    def check(weights: tuple[int, ...]) -> bool:
        weighted = sum(weight * digit for weight, digit in zip(weights, digits, strict=False))
        return weighted % 11 % 10 == digits[len(weights)]

    if len(digits) == 10:
        return check(_INN_10)
    return len(digits) == 12 and check(_INN_11) and check(_INN_12)
