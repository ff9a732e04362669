"""How long documents may wait for the OFD (оператор фискальных данных): 30 days, then the storage forms no more.

54-ФЗ, ст. 4.1: the storage blocks when its oldest document has had no ticket of the operator for 30 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.faults import ActiveFault, FaultCode
from fiscal.register_port import Exchange

LIMIT = timedelta(days=30)
LATE_AFTER = timedelta(hours=24)
"""A register with a working line sends within minutes; a day of waiting is a broken line, not a slow one."""
URGENT_AFTER = timedelta(days=20)
"""Ten days are left to send somebody."""


class Standing(StrEnum):
    """How urgent the exchange has become."""

    CURRENT = "current"
    LATE = "late"
    URGENT = "urgent"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class ExchangeStanding:
    """The standing with the time left until the storage blocks; None when nothing waits."""

    standing: Standing
    left: timedelta | None
    unsent: int

    def fault(self) -> ActiveFault | None:
        """The entry of the fault catalogue, if this standing is one."""
        match self.standing:
            case Standing.CURRENT:
                return None
            case Standing.LATE | Standing.URGENT:
                days = self.left.days if self.left is not None else 0
                return ActiveFault(
                    FaultCode.OFD_UNSENT_OLD, f"не передано: {self.unsent}, до блокировки, дней: {days}"
                )
            case Standing.BLOCKED:
                return ActiveFault(FaultCode.OFD_BLOCKED, f"не передано: {self.unsent}")


def standing(exchange: Exchange, register_clock: datetime) -> ExchangeStanding:
    """Judge the exchange by the register's own clock (local, without zone)."""
    if exchange.unsent == 0 or exchange.oldest_unsent_at is None:
        return ExchangeStanding(Standing.CURRENT, None, exchange.unsent)
    age = register_clock - exchange.oldest_unsent_at
    left = max(timedelta(0), LIMIT - age)
    if age >= LIMIT:
        level = Standing.BLOCKED
    elif age >= URGENT_AFTER:
        level = Standing.URGENT
    elif age >= LATE_AFTER:
        level = Standing.LATE
    else:
        level = Standing.CURRENT
    return ExchangeStanding(level, left, exchange.unsent)
