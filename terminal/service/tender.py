"""The tender under way at the acceptor, and how long its silence is borne."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from contracts.identifiers import PaymentNumber
from contracts.money import ZERO, Money
from terminal.visit.events import CashStage, NoteTrouble


@dataclass(slots=True)
class Tender:
    """The payment whose notes are being taken, as far as it is not in the journal: what the acceptor does."""

    number: PaymentNumber
    stage: CashStage = CashStage.OPENING
    trouble: NoteTrouble = NoteTrouble.NONE
    too_large: bool = False
    closing: bool = False
    closed: bool = False
    case: str = ""
    disputed: Money = ZERO
    """Case number and value of the newest note in dispute."""


class Patience:
    """One timer: `expired` is called once when it runs out before it is cancelled or started anew."""

    def __init__(self, expired: Callable[[], None]) -> None:
        self._expired = expired
        self._timer: asyncio.TimerHandle | None = None

    @property
    def running(self) -> bool:
        return self._timer is not None

    def start(self, seconds: float) -> None:
        self.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._run_out)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _run_out(self) -> None:
        self._timer = None
        self._expired()
