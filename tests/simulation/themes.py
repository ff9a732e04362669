"""What a run is about: where most of its trouble comes from."""

from __future__ import annotations

from enum import StrEnum


class Theme(StrEnum):
    """`ANYTHING` mixes everything; the others leave most of what is not theirs alone, so that what is theirs gets
    far."""

    ANYTHING = "anything"
    SLOT = "slot"
    REGISTER = "register"
    HOST = "host"
    SOUND_ACCEPTOR = "sound-acceptor"
    """Nothing happens to the acceptor: only the computer dies, and the host misbehaves."""
