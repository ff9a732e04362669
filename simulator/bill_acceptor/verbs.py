"""What a person, or a script, can do to the emulated acceptor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.bill_acceptor.device import SimulatedBillAcceptor
from simulator.control import ControlServer
from simulator.line_faults import Direction, FaultKind, FaultyCable
from terminal.devices.ccnet.wire import Failure, Reject, Status


def register_verbs(control: ControlServer, device: SimulatedBillAcceptor, cable: FaultyCable) -> None:
    """All verbs of the acceptor but those of its line."""
    _register_client(control, device)
    _register_cassette(control, device)
    _register_path(control, device)
    _register_power(control, device, cable)


def _register_client(control: ControlServer, device: SimulatedBillAcceptor) -> None:
    def insert(arguments: Sequence[str]) -> dict[str, Any]:
        (rubles,) = arguments
        device.firmware.insert(int(rubles))
        return {"inserted": int(rubles)}

    def reject(arguments: Sequence[str]) -> dict[str, Any]:
        (name,) = arguments
        device.firmware.reject_next = _code(name, {each.name: int(each) for each in Reject})
        return {"reject": f"{device.firmware.reject_next:02X}"}

    def show(status: Status) -> dict[str, Any]:
        device.firmware.show(status)
        return device.body()

    def resume(_: Sequence[str]) -> dict[str, Any]:
        device.firmware.resume()
        return device.body()

    reasons = "|".join(each.name.lower() for each in Reject)
    control.register("state", "everything there is to know", lambda _: device.body())
    control.register("insert-note", "RUBLES: a client pushes a note in", insert)
    control.register("reject", f"REASON: of the next note; {reasons} or hexadecimal", reject)
    control.register("cheat", "an attempt to deceive is seen", lambda _: show(Status.CHEATED))
    control.register("pause", "a second note is pushed in behind the first", lambda _: show(Status.PAUSE))
    control.register("resume", "the second note is taken away", resume)


def _register_cassette(control: ControlServer, device: SimulatedBillAcceptor) -> None:
    places = device.places

    def pull(_: Sequence[str]) -> dict[str, Any]:
        if not places.cassette_present:
            raise ValueError("the cassette is out already")
        device.mechanism.pull_cassette()
        device.firmware.cassette_pulled()
        return device.body()

    def insert(_: Sequence[str]) -> dict[str, Any]:
        if places.cassette_present:
            raise ValueError("the cassette is in already")
        device.mechanism.insert_cassette()
        device.firmware.initialise()
        return device.body()

    def fill(_: Sequence[str]) -> dict[str, Any]:
        device.mechanism.capacity = places.cassette.total()
        if not device.mechanism.is_moving:
            device.firmware.resume()
        return device.body()

    control.register("pull-cassette", "take the cassette out, with all notes in it", pull)
    control.register("insert-cassette", "put an empty cassette in", insert)
    control.register("cassette-full", "no room for another note", fill)


def _register_path(control: ControlServer, device: SimulatedBillAcceptor) -> None:
    """What sticks or breaks on a note's way, and what a technician does about it."""
    places = device.places

    def jam(_: Sequence[str]) -> dict[str, Any]:
        device.mechanism.jam()
        device.firmware.jammed()
        return device.body()

    def clear(arguments: Sequence[str]) -> dict[str, Any]:
        into = {"removed": places.removed, "returned": places.pocket, "stacked": places.cassette}
        device.mechanism.clear_jam(into[arguments[0]] if arguments else places.removed)
        device.firmware.flash.recoverable = None
        device.firmware.initialise()
        return device.body()

    def fail(arguments: Sequence[str]) -> dict[str, Any]:
        name, stays = arguments[0], "stays" in arguments[1:]
        code = None if name == "off" else _code(name, {each.name: int(each) for each in Failure})
        device.firmware.failure, device.firmware.failure_stays = code, stays
        device.firmware.resume()
        return device.body()

    codes = "|".join(each.name.lower() for each in Failure)
    control.register("jam", "the note, or nothing, sticks where it is", jam)
    control.register("clear-jam", "[removed|returned|stacked]: free the path; the note goes there unseen", clear)
    control.register("fail", f"CODE [stays]|off: {codes} or hexadecimal; a reset cures it unless it stays", fail)


def _register_power(control: ControlServer, device: SimulatedBillAcceptor, cable: FaultyCable) -> None:
    def cut(arguments: Sequence[str]) -> dict[str, Any]:
        match list(arguments):
            case [] | ["now"]:
                device.cut_power()
                return device.body()
            case ["at-byte", nth]:
                cable.faults.arm(FaultKind.POWER_CUT, Direction.OUT, int(nth))
                return {"armed": int(nth)}
            case _:
                raise ValueError("cut-power [now|at-byte N]")

    def power_on(_: Sequence[str]) -> dict[str, Any]:
        device.power_on()
        return device.body()

    def mode(arguments: Sequence[str]) -> dict[str, Any]:
        name, value = arguments
        device.modes.set(name, value)
        return {name: value}

    control.register("cut-power", "[now|at-byte N]: at once, or before the N-th byte that it sends", cut)
    control.register("power-on", "give the power back", power_on)
    control.register("mode", "NAME VALUE: see modes.py", mode)


def _code(name: str, names: dict[str, int]) -> int:
    """A code by name, or by its hexadecimal number. Raises `ValueError`."""
    found = names.get(name.upper().replace("-", "_"))
    return int(name, 16) if found is None else found
