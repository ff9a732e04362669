"""The visit itself: one frozen value that is all the service knows of the client in front of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from contracts.identifiers import AccountNumber
from terminal.accounts.account import AccountCard
from terminal.visit.context import Surroundings
from terminal.visit.destinations import AccountSearching, Destination, Start
from terminal.visit.effects import Forget, LookUp, VisitEffect


class Purpose(StrEnum):
    """What the client came for; decides which step is offered first."""

    PAY = "pay"
    READINGS = "readings"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Visit:
    language: str
    """`ru` or `en`."""
    destination: Destination
    touched_s: float
    """Monotonic second of the client's last sign of life; the time-outs count from here."""
    purpose: Purpose = Purpose.BALANCE
    card: AccountCard | None = None


Step = tuple[Visit, tuple[VisitEffect, ...]]
"""Where the visit goes, and what the service is asked to do."""


def begin(surroundings: Surroundings) -> Visit:
    """A visit before anybody came: the first page in the first language."""
    return Visit(surroundings.languages[0], Start(), surroundings.now_s)


def leave(surroundings: Surroundings) -> Step:
    """End the visit: nothing of it is kept, the language included."""
    return begin(surroundings), (Forget(),)


def stay(visit: Visit) -> Step:
    """Nothing changes."""
    return visit, ()


def go(visit: Visit, destination: Destination, *effects: VisitEffect) -> Step:
    """To another place, or the same one with other content."""
    return replace(visit, destination=destination), effects


def look_up(visit: Visit, number: AccountNumber) -> Step:
    """Ask the host for an account: for the first time, or again when balance and readings have moved."""
    return go(visit, AccountSearching(number), LookUp(number))
