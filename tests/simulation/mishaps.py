"""What may befall devices, host, clock and disk during a run, by name; each says whether it could happen now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from simulator.bill_acceptor.mechanism import Position
from simulator.bill_acceptor.modes import Modes, Recovery
from simulator.fiscal_register.machine import Settings, Trap
from terminal.devices.ccnet.wire import Failure, Reject, Status

if TYPE_CHECKING:
    from tests.simulation.world import World

Mishap = Callable[["World", Random], bool]

CLOCK_JUMPS_S = (3600, -3600, 86_400, -86_400, -1_774_000_000, 61)
"""An hour, a day, back to 1970, a leap second and a minute."""
REGISTER_REFUSALS = (0x33, 0x50, 0x73, 0x0A)
DARK_S = (0.1, 6.0)
LONG_S = (46.0, 90.0)
"""Longer than a note on its way is waited for."""
COUNTED_MODES = ("nak", "illegal_stack", "illegal_all", "busy", "mute", "dumb", "foreign_answers", "ignore_ack")


def _later(world: World, random: Random, then: Callable[[], None], spell: tuple[float, float] = DARK_S) -> bool:
    world.loop.call_later(random.uniform(*spell), then)
    return True


def _acceptor_power(world: World, random: Random) -> bool:
    world.acceptor.cut_power()
    return _later(world, random, world.acceptor.power_on)


def _register_power(world: World, random: Random) -> bool:
    world.register.cut_power()
    return _later(world, random, world.register.power_on)


def _acceptor_cable(world: World, random: Random) -> bool:
    if not world.acceptor_cable.is_plugged:
        return False
    world.acceptor_cable.unplug()
    return _later(world, random, world.acceptor_cable.plug)


def _acceptor_silent(world: World, random: Random) -> bool:
    """With a note on its way, until it is disputed; then its event comes all the same."""
    is_idle = world.acceptor.places.position is Position.NONE and world.acceptor.firmware.event is None
    if is_idle or not world.acceptor_cable.is_plugged:
        return False
    world.acceptor_cable.unplug()
    return _later(world, random, world.acceptor_cable.plug, LONG_S)


def _register_cable(world: World, random: Random) -> bool:
    world.register_cable.unplug()
    return _later(world, random, world.register_cable.plug)


def _acceptor_mode(world: World, random: Random) -> bool:
    setattr(world.acceptor.modes, random.choice(COUNTED_MODES), random.randint(1, 3))
    return True


def _acceptor_forgets(world: World, random: Random) -> bool:
    world.acceptor.modes.recovery = random.choice((Recovery.UNTIL_SENT, Recovery.NEVER, Recovery.UNTIL_ACK))
    world.acceptor.modes.reset_drops_event = random.random() < 0.5
    return True


def _reject(world: World, random: Random) -> bool:
    world.acceptor.firmware.reject_next = random.choice(list(Reject))
    return True


def _cheat(world: World, _random: Random) -> bool:
    if world.acceptor.firmware.status is not Status.IDLING:
        return False
    world.acceptor.firmware.show(Status.CHEATED)
    return True


def _jam(world: World, random: Random) -> bool:
    """The note sticks; a technician clears it and keeps, returns or stacks it unseen."""
    if not world.acceptor.firmware.is_powered:
        return False
    world.acceptor.mechanism.jam()
    world.acceptor.firmware.jammed()
    return _later(world, random, lambda: clear_jam(world, random))


def clear_jam(world: World, random: Random, into: Counter[int] | None = None) -> None:
    """What stuck goes where it is told, or anywhere."""
    places, firmware = world.acceptor.places, world.acceptor.firmware
    if not places.jammed:
        return
    into = random.choice((places.removed, places.pocket, places.cassette)) if into is None else into
    rubles = world.acceptor.mechanism.clear_jam(into)
    is_known = world.truth.books.pending_notes()[rubles] and world.acceptor_cable.told[3:4] == bytes([Status.JAMMED])
    if rubles and into is places.cassette and not is_known:
        world.stacked_by_hand[rubles] += 1
    firmware.flash.recoverable = None
    if firmware.is_powered:
        firmware.initialise()


def _collect(world: World, random: Random) -> bool:
    if not world.acceptor.places.cassette_present or not world.acceptor.firmware.is_powered:
        return False
    world.acceptor.mechanism.pull_cassette()
    world.acceptor.firmware.cassette_pulled()
    return _later(world, random, lambda: put_cassette(world))


def put_cassette(world: World) -> None:
    if not world.acceptor.places.cassette_present:
        world.acceptor.mechanism.insert_cassette()
        if world.acceptor.firmware.is_powered:
            world.acceptor.firmware.initialise()


def _acceptor_fails(world: World, random: Random) -> bool:
    if not world.acceptor.firmware.is_powered or world.acceptor.places.position is not Position.NONE:
        return False
    world.acceptor.firmware.failure = random.choice(list(Failure))
    world.acceptor.firmware.resume()
    return True


def _paper_out(world: World, random: Random) -> bool:
    printer = world.register.machine.printer
    printer.paper_out()
    return _later(world, random, printer.paper_in)


def _cover(world: World, random: Random) -> bool:
    printer = world.register.machine.printer
    printer.move_cover(open_=True)
    return _later(world, random, lambda: printer.move_cover(open_=False))


def _trap(world: World, random: Random) -> bool:
    world.register.machine.trap = random.choice(list(Trap))
    return _later(world, random, world.register.power_on, (8.0, 20.0))


def _register_setting(world: World, random: Random) -> bool:
    settings = world.register.machine.settings
    name = random.choice(("no_growth", "storage_silent", "silent", "cold_start", "stray_byte"))
    setattr(settings, name, True)
    return _later(world, random, lambda: setattr(settings, name, False))


def _register_refuses(world: World, random: Random) -> bool:
    world.register.machine.settings.refuse = random.choice(REGISTER_REFUSALS)
    return True


def _operator_away(world: World, random: Random) -> bool:
    world.register.machine.ofd_up = False
    return _later(world, random, lambda: setattr(world.register.machine, "ofd_up", True))


def _host_away(world: World, random: Random) -> bool:
    world.host_line.reachable = False
    return _later(world, random, lambda: setattr(world.host_line, "reachable", True))


def _host_refuses(world: World, random: Random) -> bool:
    world.host.behaviours.put("refusing", "closed")
    return _later(world, random, world.host.behaviours.calm)


def _host_turns(world: World, random: Random) -> bool:
    """Away while a receipt is made, and refusing when it is back."""
    world.host_line.reachable = False

    def back() -> None:
        world.host_line.reachable = True
        _host_refuses(world, random)

    return _later(world, random, back)


def _clock_jumps(world: World, random: Random) -> bool:
    world.clock.error = timedelta(seconds=random.choice(CLOCK_JUMPS_S))
    return _later(world, random, lambda: setattr(world.clock, "error", timedelta(0)))


def _register_clock(world: World, random: Random) -> bool:
    world.register.machine.clock.error = timedelta(seconds=random.choice((-400, -60, 60, 400)))
    return True


def _disk_fails(world: World, random: Random) -> bool:
    world.disk.failing[random.choice(("write", "sync", "read"))] = random.randrange(12)
    return True


def _disk_full(world: World, random: Random) -> bool:
    world.disk.full = True
    return _later(world, random, lambda: setattr(world.disk, "full", False))


DEVICE_MISHAPS: Mapping[str, Mishap] = {
    "acceptor-power": _acceptor_power,
    "acceptor-cable": _acceptor_cable,
    "acceptor-silent": _acceptor_silent,
    "acceptor-mode": _acceptor_mode,
    "acceptor-forgets": _acceptor_forgets,
    "acceptor-rejects": _reject,
    "acceptor-cheated": _cheat,
    "acceptor-jam": _jam,
    "acceptor-collected": _collect,
    "acceptor-failure": _acceptor_fails,
    "register-power": _register_power,
    "register-cable": _register_cable,
    "register-paper": _paper_out,
    "register-cover": _cover,
    "register-trap": _trap,
    "register-setting": _register_setting,
    "register-refuses": _register_refuses,
    "register-clock": _register_clock,
    "operator-away": _operator_away,
    "host-away": _host_away,
    "host-refuses": _host_refuses,
    "host-turns": _host_turns,
    "clock-jumps": _clock_jumps,
    "disk-fails": _disk_fails,
    "disk-fills": _disk_full,
}


def usual(*names: str) -> tuple[Mishap, ...]:
    """Some of them, by their names."""
    return tuple(DEVICE_MISHAPS[name] for name in names)


def calm_down(world: World) -> None:
    """Power on, cables in, jams cleared, doors closed, clocks right, disk sound."""
    world.acceptor_cable.plug()
    world.register_cable.plug()
    world.acceptor.power_on()
    usual = Modes()
    for name in ("recovery", "reset_drops_event", *COUNTED_MODES):
        setattr(world.acceptor.modes, name, getattr(usual, name))
    world.acceptor.firmware.reject_next = None
    clear_jam(world, Random(0))
    put_cassette(world)
    machine = world.register.machine
    machine.settings = Settings()
    world.register.cut_power()  # one that has stopped answering for good goes on only after this
    world.loop.call_later(1.0, world.register.power_on)
    machine.trap = None
    machine.ofd_up = True
    machine.clock.error = timedelta(0)
    machine.printer.paper_in()
    machine.printer.move_cover(open_=False)
    world.host_line.reachable, world.host_line.is_gone = True, False
    world.host_line.late_with = frozenset()
    world.host.behaviours.calm()
    world.clock.error = timedelta(0)
    world.disk.failing.clear()
    world.disk.full = False
