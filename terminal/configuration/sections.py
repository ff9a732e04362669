"""The sections of the configuration that concern the terminal itself, its screen and its disk.

Every key has a rule, an explanation for the installer and, unless the installer must decide, a default. Keys with a
unit carry it in the name; sums are written in whole rubles and read as `Money`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from terminal.configuration.rules import Choice, FilePath, Languages, Switch, Text, Whole, Zone
from terminal.configuration.section import About, Conflict

PHONE = r"\+?[0-9][0-9 ()-]{4,17}[0-9]"
PHONE_SAID = "телефон: от 6 до 19 знаков, цифры, пробелы, скобки и дефисы, в начале может быть «+»"


class LogLevel(Enum):
    """How much is logged."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


class Panel(Enum):
    """How the screen is mounted."""

    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


@dataclass(frozen=True, slots=True)
class Identity:
    """Which terminal this is, where it stands and whose it is."""

    HEADING: ClassVar[str] = "Терминал: кто он, где стоит и кому принадлежит."

    id: Annotated[
        str,
        Text(20, r"[A-Z0-9][A-Z0-9-]{0,19}", form_said="от 1 до 20 знаков: заглавные латинские буквы, цифры, дефис"),
        About("Номер терминала. Печатается в чеке (тег 1036) и входит в номер каждого платежа; не меняется.",
              '"T-0001"'),
    ]
    state_directory: Annotated[
        Path, FilePath(), About("Папка с журналом и состоянием. На диске, который переживает обновление.",
                                '"/var/lib/terminal"')]
    time_zone: Annotated[ZoneInfo, Zone(), About("Часовой пояс места установки.", '"Europe/Moscow"')]
    company_name: Annotated[str, Text(120), About("Название поставщика: внизу каждой страницы и в чеке.",
                                                  '"АО «Энергосбыт»"')]
    company_phone: Annotated[str, Text(19, PHONE, PHONE_SAID), About("Телефон для клиентов.", '"8 800 000-00-00"')]
    company_address: Annotated[str, Text(200), About("Адрес поставщика.", '"190000, Санкт-Петербург, ул. Ленина, 1"')]
    site_address: Annotated[str, Text(200), About("Где стоит терминал (тег 1187 «место расчётов»).",
                                                  '"Санкт-Петербург, Невский пр., 10, холл"')]
    languages: Annotated[tuple[str, ...], Languages(("ru", "en")),
                         About("Языки страниц.", '["ru", "en"]')] = ("ru", "en")


@dataclass(frozen=True, slots=True)
class Service:
    """The process that holds devices and money."""

    HEADING: ClassVar[str] = "Служба: процесс, который ведёт деньги и устройства."

    socket: Annotated[
        Path | None, FilePath(),
        About("Сокет, через который экран и техник говорят со службой. Если не задан: service.sock в state_directory.",
              '"/run/terminal/service.sock"')] = None
    log_level: Annotated[LogLevel, Choice(LogLevel), About("Подробность журнала работы.", '"info"')] = LogLevel.INFO
    log_device_bytes: Annotated[
        bool, Switch(),
        About("Писать в журнал работы все байты обмена с устройствами. В них лицевые счета клиентов: "
              "только в мастерской.")] = False


@dataclass(frozen=True, slots=True)
class Kiosk:
    """The screen."""

    HEADING: ClassVar[str] = "Экран."

    panel: Annotated[Panel, Choice(Panel), About("Как повёрнут экран.", '"portrait"')] = Panel.PORTRAIT
    width_px: Annotated[int, Whole(800, 4096, "пикселей"), About("Ширина с учётом поворота.")] = 1080
    height_px: Annotated[int, Whole(800, 4096, "пикселей"), About("Высота с учётом поворота.")] = 1920
    dpi: Annotated[int, Whole(60, 300, "точек на дюйм"),
                   About("Плотность точек: от неё зависят размеры кнопок в миллиметрах.")] = 102
    theme: Annotated[str, Text(40, r"[a-z0-9][a-z0-9-]*", form_said="имя темы: строчные латинские буквы, цифры, дефис"),
                     About("Фирменное оформление.", '"default"')] = "default"
    fullscreen: Annotated[bool, Switch(), About("Во весь экран, без рамки окна.")] = True
    offscreen: Annotated[bool, Switch(), About("Рисовать без экрана: для проверок без панели.")] = False
    mirror_socket: Annotated[
        Path | None, FilePath(), About("Сокет, через который техник видит экран удалённо. Если не задан: не видит.",
                                       '"/run/terminal/mirror.sock"')] = None

    def conflicts(self) -> Iterator[Conflict]:
        """The sizes must be those of the panel as it is mounted."""
        size = f"{self.width_px} × {self.height_px}"
        if self.panel is Panel.PORTRAIT and self.width_px > self.height_px:
            yield Conflict("width_px", size, 'при panel = "portrait" ширина не больше высоты')
        if self.panel is Panel.LANDSCAPE and self.width_px < self.height_px:
            yield Conflict("width_px", size, 'при panel = "landscape" ширина не меньше высоты')


@dataclass(frozen=True, slots=True)
class Disk:
    """How much of the disk must stay free."""

    HEADING: ClassVar[str] = "Диск."

    min_free_mb: Annotated[int, Whole(16, 100_000, "МБ"),
                           About("Меньше свободного места — новые платежи не принимаются.")] = 64
    ballast_mb: Annotated[
        int, Whole(1, 1024, "МБ"),
        About("Запасной файл, который освобождается, чтобы довести до конца начатый платёж.")] = 16

    def conflicts(self) -> Iterator[Conflict]:
        """The ballast is part of what is kept, not more than it."""
        if self.ballast_mb > self.min_free_mb:
            yield Conflict("ballast_mb", str(self.ballast_mb), f"не больше min_free_mb ({self.min_free_mb})")


@dataclass(frozen=True, slots=True)
class PersonalData:
    """How long the data of a client is kept."""

    HEADING: ClassVar[str] = "Персональные данные. Данные незавершённых и спорных платежей хранятся до их разбора."

    dispute_window_hours: Annotated[
        int, Whole(1, 2160, "часов"),
        About("Сколько хранить данные плательщика после конца дня платежа; потом они стираются без возможности "
              "восстановления.")] = 72


@dataclass(frozen=True, slots=True)
class Journal:
    """Where the journal's second copy lies."""

    HEADING: ClassVar[str] = "Журнал платежей."

    mirror: Annotated[
        Path | None, FilePath(),
        About("Папка второй копии журнала, лучше на другом носителе. Если не задана: journal.mirror в state_directory.",
              '"/mnt/second/journal.mirror"')] = None


@dataclass(frozen=True, slots=True)
class Watchdog:
    """How the processes are supervised. The watchdog reads the same keys by itself."""

    HEADING: ClassVar[str] = "Сторож: следит за процессами и перезапускает их."

    start_allowance_s: Annotated[int, Whole(5, 600, "сек"),
                                 About("Сколько процессу даётся на запуск до готовности.")] = 60
    freeze_after_s: Annotated[
        int, Whole(5, 600, "сек"),
        About("Сколько работа может не продвигаться, прежде чем процесс считается зависшим.")] = 30
    stop_grace_s: Annotated[
        int, Whole(1, 120, "сек"),
        About("Сколько ждать после просьбы остановиться, прежде чем остановить силой.")] = 10
    restart_backoff_first_s: Annotated[int, Whole(1, 60, "сек"), About("Пауза перед первым перезапуском.")] = 1
    restart_backoff_max_s: Annotated[int, Whole(1, 600, "сек"),
                                     About("Наибольшая пауза: после трёх коротких каждая вдвое длиннее.")] = 60
    restarts_per_hour: Annotated[int, Whole(1, 100, "в час"),
                                 About("Больше перезапусков за час — неисправность WD05, и попытки идут реже.")] = 12
    slow_retry_s: Annotated[int, Whole(30, 3600, "сек"), About("Пауза между такими редкими попытками.")] = 300
    ledger: Annotated[
        Path | None, FilePath(),
        About("Учёт простоев. Если не задан: watchdog/ledger.jsonl в state_directory.",
              '"/var/lib/terminal/ledger.jsonl"')] = None

    def conflicts(self) -> Iterator[Conflict]:
        """Pauses grow, and the slow ones are the longest."""
        if self.restart_backoff_first_s > self.restart_backoff_max_s:
            yield Conflict("restart_backoff_first_s", str(self.restart_backoff_first_s),
                           f"не больше restart_backoff_max_s ({self.restart_backoff_max_s})")
        if self.slow_retry_s < self.restart_backoff_max_s:
            yield Conflict("slow_retry_s", str(self.slow_retry_s),
                           f"не меньше restart_backoff_max_s ({self.restart_backoff_max_s})")
