"""What the keypad does to what has been typed."""

from __future__ import annotations

from contracts.pages import KEY_CLEAR, KEY_ERASE, KEYPAD_DIGITS


def is_key(element: str) -> bool:
    """Whether the element is a key of the digit keypad (the comma is not used by any page)."""
    return element in KEYPAD_DIGITS or element in (KEY_ERASE, KEY_CLEAR)


def overflows(typed: str, element: str, most: int) -> bool:
    """Whether the key would lengthen an entry that is full."""
    return element in KEYPAD_DIGITS and len(typed) >= most


def press(typed: str, element: str, most: int) -> str:
    """The entry after the key; a digit that does not fit is dropped."""
    if element == KEY_CLEAR:
        return ""
    if element == KEY_ERASE:
        return typed[:-1]
    if element in KEYPAD_DIGITS and len(typed) < most:
        return typed + element.removeprefix("key-")
    return typed
