"""The verbs that every emulated device on a cable has: faults of the line, and the cable itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.control import ControlServer
from simulator.line_faults import Direction, FaultKind, FaultyCable

_KINDS = "|".join(FaultKind)


def register_line_verbs(control: ControlServer, cable: FaultyCable) -> None:
    """`line-fault`, `line-fault-at`, `line`, `seed`, `unplug`, `plug`."""
    faults = cable.faults

    def set_rate(arguments: Sequence[str]) -> dict[str, Any]:
        kind, rate = arguments
        faults.set_rate(FaultKind(kind), float(rate))
        return {"rates": dict(faults.rates)}

    def arm(arguments: Sequence[str]) -> dict[str, Any]:
        kind, direction, nth = arguments
        faults.arm(FaultKind(kind), Direction(direction), int(nth))
        return {"armed": kind, "direction": direction, "byte": int(nth)}

    def reseed(arguments: Sequence[str]) -> dict[str, Any]:
        (seed,) = arguments
        faults.reseed(int(seed))
        return {"seed": faults.seed}

    def show(_: Sequence[str]) -> dict[str, Any]:
        return {"rates": dict(faults.rates), "bytes": dict(faults.passed), "happened": dict(faults.happened)}

    def unplug(_: Sequence[str]) -> dict[str, Any]:
        cable.unplug()
        return {"plugged": False}

    def plug(_: Sequence[str]) -> dict[str, Any]:
        cable.plug()
        return {"plugged": True}

    control.register("line-fault", f"KIND RATE: chance per byte, 0 to 1, of {_KINDS}", set_rate)
    control.register("line-fault-at", "KIND in|out N: once at the N-th byte from now, 1 is the next", arm)
    control.register("line", "rates, bytes passed and faults so far", show)
    control.register("seed", "N: start the random faults afresh", reseed)
    control.register("unplug", "pull the cable", unplug)
    control.register("plug", "put the cable back", plug)
