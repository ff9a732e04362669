"""The moments at which trouble strikes: records, and what happens between them."""

from __future__ import annotations

CHECKED, ORDERED_IN, MISSED, FUNDED, ASKED_FOR, REGISTERED, VOIDED = "S10", "C10", "C40", "S20", "F10", "F20", "S05"
ACCEPTED = "S30"
"""Records after which trouble may strike."""
WITHIN_S = {
    CHECKED: (1.4,), ORDERED_IN: (0.3, 1.4), MISSED: (1.0, 4.0, 40.0), FUNDED: (0.3,), ASKED_FOR: (0.08, 0.8),
    REGISTERED: (0.3,), VOIDED: (1.0,),
}
"""So soon after them, at the latest, one or the other; the devices move quickly in most runs."""
AGAIN = {ORDERED_IN: (0.05, 30), MISSED: (2.0, 30), FUNDED: (0.2, 10), VOIDED: (0.2, 15)}
"""What cannot happen then is tried again after so many seconds, so many times: a note is in reach for moments only."""
