"""The configuration: what is read, and that every mistake is told, each with place, value and remedy."""

from __future__ import annotations

import re
import tomllib
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.money import Money
from fiscal.documents import AgentKind, TaxSystem, VatRate
from terminal.config import ConfigError, TerminalConfig, check, describe_errors, load
from terminal.configuration.addresses import DeviceUrl
from terminal.configuration.example import render
from terminal.configuration.money_sections import inn_is_sound
from terminal.configuration.problems import Fault, Problem
from terminal.configuration.reader import Reader
from terminal.configuration.section import Key, Table, entries
from terminal.devices.line_address import check_address

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "terminal.example.toml"

MINIMAL = """
[terminal]
id = "T-0001"
state_directory = "state"
time_zone = "Asia/Yekaterinburg"
company_name = "Company"
company_phone = "8 800 000-00-00"
company_address = "Address"
site_address = "Site"
[bill_acceptor]
address = "pty:///run/acceptor"
[fiscal_register]
address = "tcp://127.0.0.1:7778"
tax_system = "general"
vat_rate = "vat-22"
payment_method = "full"
item_name = "Electricity"
password = 1234
[processing]
url = "http://127.0.0.1:8080/"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "terminal.toml"
    path.write_text(text, encoding="utf-8")
    return path


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def test_a_minimal_file_is_enough_and_the_rest_has_defaults(tmp_path: Path) -> None:
    config = load(written(tmp_path, MINIMAL))
    assert config.terminal.id == "T-0001"
    assert config.terminal.time_zone == ZoneInfo("Asia/Yekaterinburg")
    assert config.terminal.state_directory == tmp_path / "state"
    assert config.service_socket == tmp_path / "state" / "service.sock"
    assert config.fiscal_register.tax_system is TaxSystem.GENERAL
    assert config.fiscal_register.vat_rate is VatRate.VAT_22
    assert config.fiscal_register.agent is None
    assert config.processing.url == "http://127.0.0.1:8080"
    assert config.transfer.cut_off == time(21, 0)
    assert config.payments.max_sum == Money.rubles(15_000)
    assert Money.rubles(5000) in config.bill_acceptor.values
    assert config.disk.min_free_mb == 64


def test_values_given_replace_the_defaults(tmp_path: Path) -> None:
    text = MINIMAL + """
[fiscal_register.agent]
kind = "payment-subagent"
agent_phone = "+78120000001"
operator_phone = "+78120000002"
supplier_phone = "+78120000003"
supplier_name = "Supplier"
supplier_inn = "7800000002"
[transfer]
cut_off = "22:30"
max_sum_rubles = 5000
[payments]
min_sum_rubles = 50
[service]
socket = "/run/t/s.sock"
"""
    config = load(written(tmp_path, text))
    assert config.fiscal_register.agent is not None
    assert config.fiscal_register.agent.as_agent().kind is AgentKind.PAYMENT_SUBAGENT
    assert config.transfer.cut_off == time(22, 30)
    assert config.transfer.max_sum == Money.rubles(5000)
    assert config.payments.min_sum == Money.rubles(50)
    assert config.service_socket == Path("/run/t/s.sock")


def test_the_password_is_in_no_text_of_the_configuration(tmp_path: Path) -> None:
    assert "1234" not in repr(load(written(tmp_path, MINIMAL)))
    wrong = check(written(tmp_path, MINIMAL.replace("password = 1234", 'password = "s3cret"')))
    assert "s3cret" not in describe_errors(ConfigError(wrong))
    assert only(wrong).key == "fiscal_register.password"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = (MINIMAL.replace('"T-0001"', '"т-1"').replace('time_zone = "Asia/Yekaterinburg"', 'time_zone = "Mars/Base"')
            .replace('item_name = "Electricity"\n', "").replace("[processing]", "[processing]\ntimeout_s = 0")
            + "[kiosk]\nwidht_px = 5\n[payments]\nmin_sum_rubles = 1000\nmax_sum_rubles = 500\n")
    problems = {each.key: each for each in check(written(tmp_path, text))}
    assert {key: each.fault for key, each in problems.items()} == {
        "terminal.id": Fault.WRONG,
        "terminal.time_zone": Fault.WRONG,
        "fiscal_register.item_name": Fault.MISSING,
        "processing.timeout_s": Fault.WRONG,
        "kiosk.widht_px": Fault.UNKNOWN,
        "payments.min_sum_rubles": Fault.CONFLICT,
    }
    assert problems["kiosk.widht_px"].meant == "width_px"
    assert problems["processing.timeout_s"].given == "0"
    assert problems["processing.timeout_s"].allowed == "целое число от 1 до 120 сек"
    assert all(each.file == tmp_path / "terminal.toml" for each in problems.values())
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "terminal.toml")
    lines = describe_errors(caught.value).splitlines()
    assert len(lines) == 6
    assert "имелось в виду «width_px»" in describe_errors(caught.value)
    assert all(str(tmp_path / "terminal.toml") in line for line in lines)


@pytest.mark.parametrize(
    ("found", "replacement", "key", "fault"),
    [
        ("password = 1234", "", "fiscal_register.password", Fault.CONFLICT),
        ("password = 1234", 'password = 1\npassword_file = "p"', "fiscal_register.password", Fault.CONFLICT),
        ('"http://127.0.0.1:8080/"', '"http://billing.example.ru/"', "processing.url", Fault.WRONG),
        ('"http://127.0.0.1:8080/"', '"https://user:word@billing.example.ru/"', "processing.url", Fault.WRONG),
        ('"http://127.0.0.1:8080/"', '"https://billing.example.ru:99999/"', "processing.url", Fault.WRONG),
        ('"http://127.0.0.1:8080/"', '"https://[::1/"', "processing.url", Fault.WRONG),
        ('"http://127.0.0.1:8080/"', f'"http://127.0.0.1/"\nwitness_key = "{"a" * 63}"', "processing.witness_key",
         Fault.WRONG),
        ('"pty:///run/acceptor"', '"serial://ttyS0"', "bill_acceptor.address", Fault.WRONG),
        ('"pty:///run/acceptor"', '"tcp://host"', "bill_acceptor.address", Fault.WRONG),
        ('"pty:///run/acceptor"', '"pty:///x"\nvalues_rubles = [50, 50]', "bill_acceptor.values_rubles", Fault.WRONG),
        ('"pty:///run/acceptor"', '"pty:///x"\nvalues_rubles = [75]', "bill_acceptor.values_rubles", Fault.WRONG),
        ("[processing]", "[kiosk]\nwidth_px = true\n[processing]", "kiosk.width_px", Fault.WRONG),
        ("[processing]", "[payments]\nmax_notes = true\n[processing]", "payments.max_notes", Fault.WRONG),
        ("[processing]", '[kiosk]\npanel = "landscape"\n[processing]', "kiosk.width_px", Fault.CONFLICT),
        ("[processing]", '[transfer]\ncut_off = "24:00"\n[processing]', "transfer.cut_off", Fault.WRONG),
        ("[processing]", "[disk]\nballast_mb = 65\n[processing]", "disk.ballast_mb", Fault.CONFLICT),
        ("[processing]", "[watchdog]\nslow_retry_s = 30\n[processing]", "watchdog.slow_retry_s", Fault.CONFLICT),
        ("[processing]", "[metering]\nplausibility_factor = nan\n[processing]", "metering.plausibility_factor",
         Fault.WRONG),
        ('"state"', f'"/{"s" * 120}"', "service.socket", Fault.CONFLICT),
        ('"Company"', '"   "', "terminal.company_name", Fault.WRONG),
    ],
)
def test_each_wrong_value_is_found_alone(tmp_path: Path, found: str, replacement: str, key: str, fault: Fault) -> None:
    assert found in MINIMAL
    problem = only(check(written(tmp_path, MINIMAL.replace(found, replacement, 1))))
    assert (problem.key, problem.fault) == (key, fault)
    assert problem.allowed


def test_an_empty_file_names_every_required_key(tmp_path: Path) -> None:
    missing = {each.key for each in check(written(tmp_path, ""))}
    assert missing == {f"{section}.{key.name}" for section, key in all_keys(TerminalConfig)
                       if key.required and section != "fiscal_register.agent"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "файла нет"),
        (b"[terminal\nid = 1", "строка 1, знак 10"),
        ("[terminal]\nid = \"Т\"".encode("cp1251"), "не UTF-8, байт 17"),
        (b"#" * 1_000_001, "больше 1000000 байт"),
        (b"terminal = 5", "раздел с ключами"),
    ],
)
def test_a_file_that_is_not_a_configuration(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "terminal.toml"
    if content is not None:
        path.write_bytes(content)
    assert said in describe_errors(ConfigError(check(path)))


def all_keys(section: type[Any], prefix: str = "") -> list[tuple[str, Key]]:
    found = []
    for entry in entries(section):
        if isinstance(entry, Table):
            found += all_keys(entry.section, f"{prefix}.{entry.attribute}".lstrip("."))
        else:
            found.append((prefix, entry))
    return found


def test_the_example_is_what_the_sections_say_and_has_every_key() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text == render(TerminalConfig), "write it anew: python -m terminal.configuration > terminal.example.toml"
    for _section, key in all_keys(TerminalConfig):
        assert f"\n{key.name} = " in text or f"\n# {key.name} = " in text


def test_the_example_is_valid_and_agrees_with_the_defaults(tmp_path: Path) -> None:
    config = load(EXAMPLE)
    for name in ("transfer", "payments", "metering", "visit", "kiosk", "disk", "watchdog"):
        section = getattr(config, name)
        assert section == type(section)()


def test_what_the_example_leaves_out_is_valid_too(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    opened = re.sub(r"^# (?=[a-z_]+ = |\[[a-z_.]+\]$)", "", text, flags=re.MULTILINE)
    body = re.sub(r"^password_file = .*$", "", opened, flags=re.MULTILINE)
    assert tomllib.loads(body)["fiscal_register"]["agent"]
    assert check(written(tmp_path, body)) == []


@settings(deadline=None)
@given(
    st.sampled_from(["serial", "pty", "tcp", "usb", ""]),
    st.sampled_from(["", "/dev/x", "/", "host:1", "host", "host:0", ":5"]),
    st.sampled_from(["", "?baud=9600", "?baud=9601", "?parity=E", "?parity=O&baud=115200", "?baud", "?x=1", "#f"]),
)
def test_device_addresses_are_judged_as_the_lines_judge_them(scheme: str, rest: str, options: str) -> None:
    url = f"{scheme}://{rest}{options}"
    try:
        DeviceUrl().read(url, Path())
        fine = True
    except ValueError:
        fine = False
    assert fine == (check_address(url) is None), url


@pytest.mark.parametrize(("inn", "sound"), [("7800000002", True), ("7800000003", False), ("500100732259", True),
                                            ("500100732258", False), ("500100732269", False), ("7800000010", True),
                                            ("123", False)])
def test_check_digits_of_the_taxpayer_number(inn: str, sound: bool) -> None:
    assert inn_is_sound(inn) is sound


ODD: tuple[object, ...] = (None, 0, -1, 10**30, "", "\x00", "я" * 1000, 
                           float("nan"), True, [], [[]], [1, "a"], {}, {"id": {}})
SECTION_NAMES = ("terminal", "visit", "kiosk", "x", "fiscal_register", "bill_acceptor", "transfer", "payments")
KEY_NAMES = ("id", "address", "dpi", "agent", "theme", "time_zone", "values_rubles",
             "languages", "cut_off", "min_sum_rubles")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(SECTION_NAMES),
                       st.sampled_from(ODD) | st.dictionaries(st.sampled_from(KEY_NAMES), st.sampled_from(ODD))))
def test_whatever_stands_in_the_file_becomes_problems_never_an_exception(body: dict[str, Any]) -> None:
    reader = Reader(Path("/etc/terminal.toml"))
    assert reader.section(TerminalConfig, body) is None
    assert describe_errors(ConfigError(reader.problems))
