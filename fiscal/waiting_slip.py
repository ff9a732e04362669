"""The numbered slip of a client who leaves before the machine knows everything: not a fiscal document.

It says in plain words what happened, where the money is, what to do, under which number to ask and whom to call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from contracts.money import Money
from fiscal.paper_text import centred, pair, printable, rule, spelled, wrapped


class WaitingReason(StrEnum):
    """Why the client has to wait."""

    RECEIPT_LATER = "receipt-later"
    """The money is accepted; the receipt could not be formed or printed yet."""
    NOTE_UNCLEAR = "note-unclear"
    """Nobody can say yet whether a note is in the cassette."""
    TRANSFER_REFUSED = "transfer-refused"
    """The supplier's host did not take the payment."""
    REFUND_DUE = "refund-due"
    """Money is to be given back and the machine cannot do it."""


@dataclass(frozen=True, slots=True)
class WaitingFacts:
    """What the slip tells. `amount` is the money in question; `account` is empty when none was chosen."""

    reason: WaitingReason
    case: str
    amount: Money
    account: str
    phone: str
    terminal: str
    at: datetime
    """Local time of the terminal."""


def waiting_slip(facts: WaitingFacts, width: int) -> tuple[str, ...]:
    """The lines of the slip for paper of `width` characters."""
    happened, money, action = _words(facts.reason)
    lines = centred("НОМЕР ОБРАЩЕНИЯ", width)
    lines += centred(facts.case, width)
    lines.append(rule(width))
    lines += wrapped(happened, width)
    lines.append("")
    lines += pair("Сумма", spelled(str(facts.amount)), width)
    if facts.account:
        lines += pair("Лицевой счёт", facts.account, width)
    lines.append("")
    lines += wrapped(money, width)
    lines.append("")
    lines += wrapped("Что делать: " + action, width)
    lines.append("")
    lines += pair("Телефон", facts.phone.replace(" ", "\u00a0"), width)
    lines.append(rule(width))
    lines += pair("Терминал", facts.terminal, width)
    lines += pair("Дата и время", f"{facts.at:%d.%m.%Y %H:%M}", width)
    lines.append(rule(width))
    lines += centred("Не является кассовым чеком.", width)
    lines += centred("Сохраните до решения.", width)
    return printable(lines)


def _words(reason: WaitingReason) -> tuple[str, str, str]:
    """What happened; where the money is; what to do."""
    match reason:
        case WaitingReason.RECEIPT_LATER:
            return (
                "Платёж принят, но чек сейчас напечатать нельзя.",
                "Деньги в терминале и будут зачислены на лицевой счёт сегодня.",
                "ничего. Чек будет оформлен, его можно получить в офисе по номеру обращения.",
            )
        case WaitingReason.NOTE_UNCLEAR:
            return (
                "Терминал не смог подтвердить приём последней купюры.",
                "Если купюра осталась в терминале, она будет найдена при инкассации и зачислена на счёт.",
                "позвоните по телефону ниже и назовите номер обращения.",
            )
        case WaitingReason.TRANSFER_REFUSED:
            return (
                "Поставщик пока не принял платёж.",
                "Деньги в терминале и записаны за вами.",
                "позвоните по телефону ниже: мы зачислим деньги или вернём их.",
            )
        case WaitingReason.REFUND_DUE:
            return (
                "Платёж отменён, но вернуть деньги сам терминал не может.",
                "Деньги в терминале и записаны за вами.",
                "позвоните по телефону ниже и договоритесь о возврате.",
            )
        case other:
            assert_never(other)
