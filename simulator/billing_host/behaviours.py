"""How the host misbehaves, set at run time. Chances come from one seeded source, so a run can be repeated.

| name | argument | what happens |
|---|---|---|
| slow | seconds | answers are given so much later |
| drip | seconds | answers leave one byte at a time, so far apart |
| silent | | requests are read and acted upon, and never answered |
| wrong | html, half, other-reply, 500, 429, 503, huge, redirect | see `Wrong` |
| refusing | code | every new payment and all readings are refused |
| lose-replies | share 0…1 | the host acts, the answer is lost and the connection closed |
| lose-requests | share 0…1 | the host does nothing, and the connection is closed |
| repeat-replies | share 0…1 | the host acts, and answers with an earlier answer |
| forget-key | | keys are forgotten at once: a repeat is done again |
| lose-payments | share 0…1 | the host says yes and forgets the payment |
| refuse-checkpoints | code | no checkpoint is counter-signed |
| sign-wrong | | checkpoints are kept, and counter-signed so that the signature does not hold |
"""

from __future__ import annotations

from enum import StrEnum
from random import Random


class Kind(StrEnum):
    SLOW = "slow"
    DRIP = "drip"
    SILENT = "silent"
    WRONG = "wrong"
    REFUSING = "refusing"
    LOSE_REPLIES = "lose-replies"
    LOSE_REQUESTS = "lose-requests"
    REPEAT_REPLIES = "repeat-replies"
    FORGET_KEY = "forget-key"
    LOSE_PAYMENTS = "lose-payments"
    REFUSE_CHECKPOINTS = "refuse-checkpoints"
    SIGN_WRONG = "sign-wrong"


class Wrong(StrEnum):
    """Answers that are none. The first four come from something in front of the host, which does nothing."""

    HTML = "html"
    TOO_MANY = "429"
    UNAVAILABLE = "503"
    REDIRECT = "redirect"
    HALF = "half"
    OTHER_REPLY = "other-reply"
    FAILED = "500"
    HUGE = "huge"

    @property
    def in_front(self) -> bool:
        return self in (Wrong.HTML, Wrong.TOO_MANY, Wrong.UNAVAILABLE, Wrong.REDIRECT)


SHARES = (Kind.LOSE_REPLIES, Kind.LOSE_REQUESTS, Kind.REPEAT_REPLIES, Kind.LOSE_PAYMENTS)
SECONDS = (Kind.SLOW, Kind.DRIP)
CODES = (Kind.REFUSING, Kind.REFUSE_CHECKPOINTS)
MAX_SECONDS = 3600.0


class Behaviours:
    """What is set now. Nothing is set at first."""

    def __init__(self, seed: int = 0) -> None:
        self._set: dict[Kind, str] = {}
        self._random = Random(seed)

    def put(self, name: str, argument: str = "") -> None:
        """Set one; setting it again replaces its argument. Raises `ValueError` for what makes no sense."""
        if name not in tuple(Kind):
            raise ValueError(f"no such behaviour: {name}; known: {', '.join(Kind)}")
        kind = Kind(name)
        if kind in SHARES:
            _within(argument or "1", 1.0)
            argument = argument or "1"
        elif kind in SECONDS:
            _within(argument, MAX_SECONDS)
        elif kind is Kind.WRONG and argument not in tuple(Wrong):
            raise ValueError(f"wrong how? one of {', '.join(Wrong)}")
        elif kind in CODES and not argument:
            raise ValueError("refusing with which code?")
        self._set[kind] = argument

    def calm(self) -> None:
        """Behave."""
        self._set.clear()

    def reseed(self, seed: int) -> None:
        self._random = Random(seed)

    def has(self, kind: Kind) -> bool:
        return kind in self._set

    def argument(self, kind: Kind) -> str:
        return self._set[kind]

    def seconds(self, kind: Kind) -> float:
        """0 when it is not set."""
        return float(self._set.get(kind, "0"))

    def happens(self, kind: Kind) -> bool:
        """Throw the dice for a behaviour with a share; no die is thrown when it is not set."""
        return kind in self._set and self._random.random() < float(self._set[kind])

    def wrong(self) -> Wrong | None:
        return Wrong(self._set[Kind.WRONG]) if Kind.WRONG in self._set else None

    def listed(self) -> dict[str, str]:
        return {kind.value: argument for kind, argument in self._set.items()}


def _within(argument: str, most: float) -> None:
    try:
        value = float(argument)
    except ValueError as error:
        raise ValueError(f"not a number: {argument!r}") from error
    if not 0 <= value <= most:
        raise ValueError(f"not between 0 and {most:g}: {argument}")
