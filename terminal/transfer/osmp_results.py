"""Result codes of the OSMP provider protocol: what each means, and whether asking again can change it.

Source: the protocol's table of codes ("Протокол взаимодействия с провайдерами"). A payee's own agreement may differ;
its codes that are not in the table are *unknown*, never a refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from terminal.accounts.account import LookupRefusal


class Finality(Enum):
    DONE = auto()
    """The payment may be made, or is made."""
    LATER = auto()
    """Not decided: ask again with the same `txn_id`."""
    NEVER = auto()
    """Refused for good."""


@dataclass(frozen=True, slots=True)
class Result:
    code: int
    finality: Finality
    name: str
    """Stable code of a refusal, as our own contract would name it."""
    meaning: str
    """In Russian, for the technician and the operator."""
    lookup: LookupRefusal | None = None
    """What it says about the account, if it is about the account."""


_NEVER, _LATER = Finality.NEVER, Finality.LATER
RESULTS = {
    each.code: each for each in (
        Result(0, Finality.DONE, "ok", "Успешно"),
        Result(1, _LATER, "temporary", "Временная ошибка, повторить позже"),
        Result(4, _NEVER, "wrong-number", "Неверный формат номера счёта", LookupRefusal.WRONG_NUMBER),
        Result(5, _NEVER, "not-found", "Счёт не найден", LookupRefusal.NOT_FOUND),
        Result(7, _NEVER, "blocked", "Получатель запретил приём платежа", LookupRefusal.BLOCKED),
        Result(8, _NEVER, "technical", "Приём платежа запрещён по техническим причинам"),
        Result(79, _NEVER, "closed", "Счёт не активен", LookupRefusal.CLOSED),
        Result(90, _LATER, "not-finished", "Проведение платежа не окончено"),
        Result(241, _NEVER, "sum-too-small", "Сумма слишком мала"),
        Result(242, _NEVER, "sum-too-large", "Сумма слишком велика"),
        Result(243, _NEVER, "state-unchecked", "Невозможно проверить состояние счёта"),
        Result(300, _NEVER, "other", "Другая ошибка получателя"),
    )
}
