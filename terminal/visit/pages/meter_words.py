"""Meters, registers and readings in the words of a page."""

from __future__ import annotations

from typing import assert_never

from contracts.money import NO_BREAK_SPACE
from contracts.pages import Notice, Row, Tone
from terminal.accounts.account import AccountCard
from terminal.metering.acceptance import MeterObstacle, obstacle
from terminal.metering.acceptance_dates import opens_on
from terminal.metering.meter import Meter, ReadingWindow, Register
from terminal.visit.destinations import ReadingTarget
from terminal.visit.effects import EnteredReading
from terminal.visit.language import msgid
from terminal.visit.pages.scene import Scene
from terminal.visit.wording import day_text, number_text, register_places

_ZONES = {
    (1, "T1"): msgid("single rate"),
    (2, "T1"): msgid("T1, day"),
    (2, "T2"): msgid("T2, night"),
    (3, "T1"): msgid("T1, peak"),
    (3, "T2"): msgid("T2, night"),
    (3, "T3"): msgid("T3, half-peak"),
}


def zone_name(scene: Scene, meter: Meter, zone: str) -> str:
    """What the zone means on a meter with so many registers; a zone of another name as it is."""
    return scene.text(_ZONES.get((len(meter.registers), zone), zone))


def register_name(scene: Scene, meter: Meter, register: Register) -> str:
    return zone_name(scene, meter, register.zone)


def energy_text(scene: Scene, kwh: int) -> str:
    """`1 234 kWh`."""
    return f"{number_text(kwh)}{NO_BREAK_SPACE}{scene.text('kWh')}"


def reading_text(scene: Scene, meter: Meter, register: Register) -> str:
    """The last reading as the display showed it, and when."""
    places = register_places(register.last_kwh, meter.digits)
    return f"{places}{NO_BREAK_SPACE}{scene.text('kWh')}, {day_text(register.last_on)}"


def obstacle_text(scene: Scene, serial: str, why: MeterObstacle) -> str:
    """Why a meter is not read by the client, and what to do."""
    match why:
        case MeterObstacle.REMOTE:
            return scene.text("Meter {serial} reports by itself: there is nothing to enter.", serial=serial)
        case MeterObstacle.REPLACED:
            return scene.text("Meter {serial} has been replaced. To register the present one, call {phone}.",
                              serial=serial, phone=scene.phone)
        case MeterObstacle.VERIFICATION_OVER:
            return scene.text(
                "The verification of meter {serial} has run out, so its readings are not taken. Please call "
                "{phone}.",
                serial=serial, phone=scene.phone)
        case _:
            assert_never(why)


def unread_meters(scene: Scene, card: AccountCard) -> tuple[Notice, ...]:
    """One notice for each meter that is not read by the client."""
    stopped = [(meter.serial, obstacle(meter, scene.surroundings.today)) for meter in card.meters]
    return tuple(
        Notice(Tone.INFO, obstacle_text(scene, serial, why)) for serial, why in stopped if why is not None
    )


def dates_text(scene: Scene, window: ReadingWindow) -> str:
    """The days of the month on which readings are taken, and the next of them."""
    opening = opens_on(window, scene.surroundings.today)
    if opening is None:
        return scene.text("Please call {phone}.", phone=scene.phone)
    return scene.text(
        "They are taken from day {first} to day {last} of each month, the next time from {day}.",
        first=window.first_day, last=window.last_day, day=day_text(opening))


def entered_rows(
    scene: Scene, targets: tuple[ReadingTarget, ...], entered: tuple[EnteredReading, ...],
) -> tuple[Row, ...]:
    """What was typed for each register, as the displays show it."""
    rows: list[Row] = []
    for target, each in zip(targets, entered, strict=True):
        label = scene.text("Meter {serial}, {zone}", serial=each.meter,
                           zone=register_name(scene, target.meter, target.register))
        places = register_places(each.kwh, target.meter.digits)
        rows.append(Row(label, f"{places}{NO_BREAK_SPACE}{scene.text('kWh')}", strong=True))
    return tuple(rows)
