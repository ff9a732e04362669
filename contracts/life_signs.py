"""Life signs: how a process proves to the watchdog that it makes progress.

A life sign is one datagram of JSON on the watchdog's Unix datagram socket, whose path stands in the environment
variable `TERMINAL_LIFE_SIGNS`. Being alive is not enough: the counters must grow.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

ENVIRONMENT_NAME = "TERMINAL_LIFE_SIGNS"
PERIOD_S = 1.0
"""How often a supervised process sends a life sign."""
MAX_BYTES = 1024


@dataclass(frozen=True, slots=True)
class LifeSign:
    """What a process reports of itself once every `PERIOD_S`."""

    process: str
    """`service` or `kiosk`."""
    pid: int
    counters: dict[str, int]
    """Monotonic counters: `loop_ticks` and `acceptor_polls` of the service, `frames` and `loop_ticks` of the kiosk …"""
    safe_to_stop: bool
    """False while stopping now would interrupt a client or a device exchange with money at stake."""
    ready: bool
    """True once the process does its work (kiosk: first frame drawn; service: pages published)."""
    faults: tuple[str, ...] = ()
    """Codes of the faults that are open now (service only): the watchdog keeps the downtime from them."""
    in_service: bool = True
    """False while clients cannot be served at all (service only)."""

    def encode(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()


def decode(datagram: bytes) -> LifeSign:
    """Read a datagram. Raises `ValueError` when it is not a life sign."""
    if len(datagram) > MAX_BYTES:
        raise ValueError("life sign too long")
    try:
        body = json.loads(datagram)
        counters = {str(name): int(value) for name, value in body["counters"].items()}
        return LifeSign(
            process=str(body["process"]),
            pid=int(body["pid"]),
            counters=counters,
            safe_to_stop=bool(body["safe_to_stop"]),
            ready=bool(body["ready"]),
            faults=tuple(str(code) for code in body.get("faults", ())),
            in_service=bool(body.get("in_service", True)),
        )
    except (KeyError, TypeError, AttributeError, RecursionError, OverflowError, json.JSONDecodeError) as error:
        raise ValueError(f"not a life sign: {error}") from error
