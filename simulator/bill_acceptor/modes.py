"""The ways in which validators differ, and misbehave: what the manual leaves open or forbids.

Counters are used up: `illegal-stack 2` answers two orders to stack with "illegal command", and then obeys again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum


class EventRepeat(StrEnum):
    """Stacked and returned are reported …"""

    UNTIL_ACK = "until-ack"
    ONCE = "once"


class Recovery(StrEnum):
    """After power-up with a bill in the stacker, stacked is reported unless before the power cut it was …"""

    UNTIL_ACK = "until-ack"
    """… acknowledged."""
    UNTIL_SENT = "until-sent"
    """… sent."""
    NEVER = "never"
    """It is not reported at all."""


@dataclass(slots=True)
class Modes:
    """Set by the verb `mode NAME VALUE`, with dashes in the name."""

    table: str = "standard"
    events: EventRepeat = EventRepeat.UNTIL_ACK
    recovery: Recovery = Recovery.UNTIL_ACK
    echo: bool = False
    """The line gives the host its own bytes back."""
    identification_bytes: int = 34
    escrow_limit_s: float = 10.0
    ack_window_s: float = 0.0
    """An acknowledgement that comes later is none; 0 for no limit."""
    reset_drops_event: bool = False
    """A reset throws away a stacked or returned that has not been reported."""
    ignore_escrow_mask: bool = False
    """Stack at once, whatever the host has said about escrow."""
    ignore_ack: int = 0
    nak: int = 0
    illegal_stack: int = 0
    illegal_all: int = 0
    """Commands other than POLL and RESET that are refused."""
    busy: int = 0
    """Polls that are answered with "busy"."""
    mute: int = 0
    """Commands that are neither carried out nor answered."""
    dumb: int = 0
    """Commands that are carried out and not answered."""
    foreign_answers: int = 0
    """Polls that get the answer to another command."""

    def set(self, name: str, value: str) -> None:
        """Raises `ValueError` for an unknown name or a value that does not fit."""
        attribute = name.replace("-", "_")
        known = {field.name for field in fields(self)}
        if attribute not in known:
            raise ValueError(f"no such mode: {name}; known: {', '.join(sorted(known)).replace('_', '-')}")
        present = getattr(self, attribute)
        if isinstance(present, bool):
            if value not in ("on", "off"):
                raise ValueError(f"{name} is on or off, not {value!r}")
            setattr(self, attribute, value == "on")
        else:
            setattr(self, attribute, type(present)(value))

    def use_up(self, attribute: str) -> bool:
        """Take one from a counter; whether there was one."""
        left = getattr(self, attribute)
        if left > 0:
            setattr(self, attribute, left - 1)
        return bool(left > 0)
