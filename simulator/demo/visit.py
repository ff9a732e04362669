"""The visit that the demonstration plays: account, readings with a slip of the finger, cash, receipt."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.billing_host.demo_accounts import ALWAYS_READ


@dataclass(frozen=True, slots=True)
class Step:
    """What the client does, and the name of the picture taken afterwards, if any."""

    verb: str
    argument: str
    picture: str = ""


STEPS = (
    Step("expect", "start", "start"),
    Step("touch", "pay"),
    Step("expect", "account-entry", "account-entry"),
    Step("type", "2900000032"),
    Step("touch", "next", "account-wrong-digit"),
    Step("touch", "key-clear"),
    Step("type", ALWAYS_READ, "account-typed"),
    Step("touch", "next"),
    Step("expect", "account-card", "account-card"),
    Step("touch", "readings"),
    Step("expect", "reading-entry", "reading-entry"),
    Step("type", "21400"),
    Step("touch", "next", "reading-lower"),
    Step("touch", "key-clear"),
    Step("type", "22900"),
    Step("touch", "next"),
    Step("expect", "question", "reading-question"),
    Step("touch", "correct"),
    Step("expect", "reading-entry"),
    Step("type", "21650"),
    Step("touch", "next"),
    Step("type", "9370"),
    Step("touch", "next"),
    Step("expect", "question", "readings-check"),
    Step("touch", "send"),
    Step("expect", "outcome", "readings-done"),
    Step("touch", "account"),
    Step("expect", "account-card"),
    Step("touch", "pay"),
    Step("expect", "amount", "amount"),
    Step("touch", "amount-128430"),
    Step("expect", "question", "consent"),
    Step("touch", "agree"),
    Step("expect", "insert-cash", "insert-cash"),
    Step("insert", "1000", "one-note-in"),
    Step("insert", "500", "all-notes-in"),
    Step("touch", "finish"),
    Step("expect", "wait", "wait"),
    Step("expect", "outcome", "outcome"),
    Step("touch", "exit"),
    Step("expect", "start", "start-again"),
)
