"""Names of what can be touched on the pages of a visit; the names that a `Touch` carries.

`back`, `exit`, `language`, `extend` and the keypad stand in `contracts.pages`.
"""

from __future__ import annotations

from contracts.money import Money

PAY = "pay"
READINGS = "readings"
BALANCE = "balance"
NEXT = "next"
"""Takes what has been typed."""
ACCOUNT = "account"
"""Back to the account card, looked up anew."""
CONFIRM = "confirm"
"""The doubtful reading is right."""
CORRECT = "correct"
"""The doubtful reading is to be typed again."""
SEND = "send"
"""The readings are right: record them."""
OTHER_AMOUNT = "other-amount"
AGREE = "agree"
"""What is not needed becomes an advance; money may be inserted."""
FINISH = "finish"
"""No more notes: credit what is in."""
MORE = "more"
"""Go on inserting notes."""
_AMOUNT_PREFIX = "amount-"


def amount_element(amount: Money) -> str:
    """The name of the button that offers this amount."""
    return f"{_AMOUNT_PREFIX}{amount.kopecks}"
