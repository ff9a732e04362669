"""The watchdog's settings, out of the terminal's own file."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from contracts.working_hours import WEEKDAYS, WHOLE_DAY, Span
from terminal.config import load as load_config
from terminal.configuration.rules import Whole
from terminal.configuration.section import Key, entries
from terminal.configuration.sections import Watchdog
from watchdog import settings as watchdog_settings
from watchdog.limits import Limits


def write_config(folder: Path, table: str) -> Path:
    path = folder / "terminal.toml"
    path.write_text(f'[terminal]\nstate_directory = "state"\n[watchdog]\n{table}\n', encoding="utf-8")
    return path


def test_settings_come_from_the_terminal_s_own_file(tmp_path: Path) -> None:
    found = watchdog_settings.load(write_config(tmp_path, 'freeze_after_s = 7\nledger = "elsewhere.jsonl"'))
    assert found.limits == Limits(freeze_after_s=7)
    assert found.ledger == tmp_path / "elsewhere.jsonl"
    assert found.life_signs == tmp_path / "state" / "watchdog" / "life-signs.sock"


def test_working_hours_come_from_the_same_file(tmp_path: Path) -> None:
    path = write_config(tmp_path, '[working_hours]\nfriday = ["09:00-13:00", "14:00-16:45"]\nsunday = []\n'
                                  'special_days = ["2026-03-09"]')
    with pytest.raises(watchdog_settings.SettingsError, match=r"terminal\.time_zone"):
        watchdog_settings.load(path)
    path.write_text('terminal.time_zone = "Asia/Omsk"\n' + path.read_text().replace("[terminal]\n", "terminal."))
    hours = watchdog_settings.load(path).hours
    assert str(hours.zone) == "Asia/Omsk"
    assert hours.week == ((WHOLE_DAY,) * 4 + ((Span(540, 780), Span(840, 1005)), WHOLE_DAY, ()))
    assert hours.special == {date(2026, 3, 9): ()}


def test_all_that_is_wrong_with_the_settings_is_told(tmp_path: Path) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text("[watchdog]\nfreeze_after_s = 0\nslow_retry_s = true\nledger = 5\n", encoding="utf-8")
    with pytest.raises(watchdog_settings.SettingsError) as caught:
        watchdog_settings.load(path)
    for key in ("freeze_after_s", "slow_retry_s", "watchdog.ledger", "terminal.state_directory"):
        assert key in str(caught.value)
    path.write_text('[working_hours]\nmonday = ["9-13"]\nspecial_days = ["2026-13-01"]\nmittwoch = []')
    with pytest.raises(watchdog_settings.SettingsError) as caught:
        watchdog_settings.load(path)
    for key in ("working_hours.monday", "working_hours.special_days", "working_hours.mittwoch"):
        assert key in str(caught.value)
    path.write_text("watchdog = 5\nterminal = []", encoding="utf-8")
    with pytest.raises(watchdog_settings.SettingsError):
        watchdog_settings.load(path)
    with pytest.raises(watchdog_settings.SettingsError):
        watchdog_settings.load(tmp_path / "nothing.toml")
    path.write_text(f'[terminal]\nstate_directory = "{"s" * 120}"', encoding="utf-8")
    with pytest.raises(watchdog_settings.SettingsError, match=r"слишком длинный"):
        watchdog_settings.load(path)


def test_the_configuration_and_the_watchdog_agree_on_every_key_range_and_default() -> None:
    limits = Limits()
    keys = [each for each in entries(Watchdog) if isinstance(each, Key) and each.name != "ledger"]
    assert [each.name for each in keys] == list(Limits.__dataclass_fields__)
    for key in keys:
        assert isinstance(key.rule, Whole)
        assert (key.rule.least, key.rule.most) == watchdog_settings.RANGES[key.name]
        assert key.default == getattr(limits, key.name)
    example = Path(__file__).parents[2] / "terminal.example.toml"
    state = load_config(example).terminal.state_directory
    assert watchdog_settings.load(example).ledger == state / "watchdog" / "ledger.jsonl"


def test_the_configuration_and_the_watchdog_agree_on_the_working_hours_of_the_example(tmp_path: Path) -> None:
    example = (Path(__file__).parents[2] / "terminal.example.toml").read_text(encoding="utf-8")
    before, _, rest = example.partition("# [working_hours]")
    table, _, after = rest.partition("\n# Диск.")
    path = tmp_path / "terminal.toml"
    shown = re.sub(r"^# (\w+ = )", r"\1", table, flags=re.MULTILINE)
    path.write_text(f"{before}[working_hours]{shown}\n# Диск.{after}", encoding="utf-8")
    of_the_terminal, hours = load_config(path).working_hours, watchdog_settings.load(path).hours
    assert of_the_terminal is not None
    assert tuple(getattr(of_the_terminal, name) for name in WEEKDAYS) == hours.week
    assert of_the_terminal.special_days == hours.special
    assert hours.week[4:] == ((Span(540, 780), Span(840, 1005)), (), ())
