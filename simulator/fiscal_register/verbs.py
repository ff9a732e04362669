"""The verbs of the emulated register: paper, cover, knife, power, clocks, operator, and looks at the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from simulator.control import ControlServer
from simulator.fiscal_register.device import FiscalRegisterDevice
from simulator.fiscal_register.machine import Settings, Trap
from simulator.fiscal_register.paper_image import picture
from simulator.fiscal_register.storage_file import document_body
from simulator.fiscal_register.tape import Strip, as_text
from simulator.line_faults import Direction, FaultKind
from simulator.line_verbs import register_line_verbs

SHOWN_STRIPS = 2_000
SHOWN_DOCUMENTS = 200


def register_verbs(control: ControlServer, device: FiscalRegisterDevice) -> None:
    """All verbs of a register and of its line."""
    register_line_verbs(control, device.cable)
    _register_mechanics(control, device)
    _register_power(control, device)
    _register_storage(control, device)
    control.register("state", "everything about the register, as it is", lambda _: state(device))
    control.register("tape", "[text | png PATH]: the paper, the newest last", lambda given: tape(device, given))
    control.register("documents", "the last documents in the storage", lambda _: documents(device))
    control.register("mode", f"NAME VALUE: one of {', '.join(_settings())}", lambda given: _mode(device, given))


def state(device: FiscalRegisterDevice) -> dict[str, Any]:
    machine, printer, storage = device.machine, device.machine.printer, device.machine.storage
    opened = storage.shift_opened_at
    return {
        "powered": device.powered,
        "power_cuts": device.power_cuts,
        "mode": machine.mode & 0x0F,
        "submode": int(printer.submode),
        "clock": machine.clock.now().isoformat(sep=" ", timespec="seconds"),
        "paper_mm": round(printer.paper_mm),
        "cover_open": printer.cover_open,
        "cutter_jammed": printer.cutter_jammed,
        "overheated": printer.overheated,
        "storage": storage.number,
        "expires": storage.expires.isoformat(),
        "last_document": storage.last_number,
        "documents": len(storage.documents),
        "shift": storage.shift,
        "shift_opened_at": opened.isoformat(sep=" ", timespec="seconds") if opened else None,
        "receipts_in_shift": storage.receipts,
        "unsent": len(storage.unsent),
        "ofd_up": machine.ofd_up,
        "trap": machine.trap,
        "settings": asdict(machine.settings),
    }


def documents(device: FiscalRegisterDevice) -> list[dict[str, Any]]:
    return [document_body(each) for each in device.machine.storage.documents[-SHOWN_DOCUMENTS:]]


async def tape(device: FiscalRegisterDevice, given: Sequence[str]) -> Any:
    """Drawing takes longer than a register may keep its host waiting, so it is done beside the loop."""
    strips = device.machine.printer.tape[-SHOWN_STRIPS:]
    match list(given):
        case [] | ["text"]:
            return as_text(strips)
        case ["png", path]:
            await asyncio.to_thread(_draw, strips, Path(path))
            return {"written": path}
        case _:
            raise ValueError("tape [text | png PATH]")


def _draw(strips: list[Strip], path: Path) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(picture(strips))
    fresh.replace(path)


def _register_mechanics(control: ControlServer, device: FiscalRegisterDevice) -> None:
    printer = device.machine.printer

    def heat(on: bool) -> None:
        printer.overheated = on

    def jam(on: bool) -> None:
        printer.cutter_jammed = on

    choices: dict[str, dict[str, Callable[[], None]]] = {
        "paper": {"out": printer.paper_out, "in": printer.paper_in, "low": printer.paper_nearly_out},
        "cover": {
            "open": lambda: printer.move_cover(open_=True),
            "close": lambda: printer.move_cover(open_=False),
        },
        "cutter": {"jam": lambda: jam(True), "clear": lambda: jam(False)},
        "head": {"hot": lambda: heat(True), "cool": lambda: heat(False)},
    }
    for name, orders in choices.items():
        _register_choice(control, device, name, orders)

    def slow(given: Sequence[str]) -> dict[str, Any]:
        factor = float(given[0])
        if factor <= 0:
            raise ValueError("a factor above zero")
        printer.slow = factor
        return state(device)

    control.register("slow", "FACTOR: lines take so many times longer than usual", slow)


def _register_power(control: ControlServer, device: FiscalRegisterDevice) -> None:
    def cut(given: Sequence[str]) -> dict[str, Any]:
        match list(given):
            case [] | ["now"]:
                device.cut_power()
            case ["at-byte", nth]:
                device.cable.faults.arm(FaultKind.POWER_CUT, Direction.OUT, int(nth))
            case [("after-form" | "before-form") as trap]:
                device.machine.trap = Trap(trap)
            case _:
                raise ValueError("cut-power [now | at-byte N | after-form | before-form]")
        return {"ordered": list(given) or ["now"]}

    def on(_: Sequence[str]) -> dict[str, Any]:
        device.power_on()
        return {"powered": True}

    usage = "[now | at-byte N | after-form | before-form]: N counts bytes that the register sends from now"
    control.register("cut-power", usage, cut)
    control.register("power-on", "give the power back", on)


def _register_storage(control: ControlServer, device: FiscalRegisterDevice) -> None:
    machine = device.machine

    def operator(up: bool) -> None:
        machine.ofd_up = up

    def shift_clock(seconds: float) -> None:
        machine.clock.error += timedelta(seconds=seconds)

    def age_shift(hours: float) -> None:
        if machine.storage.shift_opened_at is None:
            raise ValueError("no shift is open")
        machine.storage.shift_opened_at -= timedelta(hours=hours)

    def age_unsent(days: float) -> None:
        machine.storage.unsent_age += timedelta(days=days)

    def expire(days: float) -> None:
        machine.storage.expires = machine.clock.now().date() + timedelta(days=days)

    _register_choice(control, device, "ofd", {"down": lambda: operator(False), "up": lambda: operator(True)})
    numbers: dict[str, tuple[str, Callable[[float], None]]] = {
        "clock": ("SECONDS: move the register's clock", shift_clock),
        "age-shift": ("HOURS: the shift was opened so much earlier", age_shift),
        "age-unsent": ("DAYS: what is unsent has waited so much longer", age_unsent),
        "expire-fn": ("DAYS: the storage expires so many days from today", expire),
    }
    for name, (usage, act) in numbers.items():
        _register_number(control, device, name, usage, act)


def _register_choice(
    control: ControlServer, device: FiscalRegisterDevice, name: str, orders: dict[str, Callable[[], None]]
) -> None:
    def choose(given: Sequence[str]) -> dict[str, Any]:
        order = orders.get(given[0]) if len(given) == 1 else None
        if order is None:
            raise ValueError(f"{name} {'|'.join(orders)}")
        order()
        return state(device)

    control.register(name, "|".join(orders), choose)


def _register_number(
    control: ControlServer, device: FiscalRegisterDevice, name: str, usage: str, act: Callable[[float], None]
) -> None:
    def take(given: Sequence[str]) -> dict[str, Any]:
        (number,) = given
        act(float(number))
        device.save()
        return state(device)

    control.register(name, usage, take)


def _settings() -> list[str]:
    return [each.name for each in fields(Settings)]


def _mode(device: FiscalRegisterDevice, given: Sequence[str]) -> dict[str, Any]:
    name, value = given
    if name not in _settings():
        raise ValueError(f"no setting {name}; there are: {', '.join(_settings())}")
    if isinstance(getattr(device.machine.settings, name), bool):
        if value not in ("on", "off"):
            raise ValueError(f"{name} on|off")
        setattr(device.machine.settings, name, value == "on")
    else:
        setattr(device.machine.settings, name, int(value, 0))
    return asdict(device.machine.settings)
