"""When a validator may and must be reset. Look first, act later: a reset can throw a pending event away."""

from __future__ import annotations

from terminal.devices.ccnet.statuses import POWER_UPS, RESET_IS_DANGEROUS, SETTLED
from terminal.devices.ccnet.wire import Status

SILENCE_IS_OFFLINE_S = 5.0
"""Non-response time of the manual."""
RESET_IN_SILENCE_EVERY_S = 10.0
BLIND_RESET_AFTER_S = 30.0
"""Silence after which a validator is reset although a note may be moving in it, or nothing is known of it."""
POWER_UP_RESET_EVERY_S = 1.0
"""A validator that has just started waits for nothing else."""
STUCK_AFTER_S = 30.0
INITIALISE_LIMIT_S = 40.0
FAILURE_RESET_AFTER_S = 5.0
RECOVERY_RESET_EVERY_S = 30.0

_HAS_ITS_OWN_FAULT = frozenset((Status.JAMMED, Status.CASSETTE_JAMMED, Status.PAUSE, Status.FAILURE, None))


class Resets:
    """Remembers how long the validator has been in its status, and when it was last reset. Time in seconds."""

    def __init__(self) -> None:
        self.status: Status | None = None
        self._is_known = False
        self._entered_at = 0.0
        self._answered_at = 0.0
        self._reset_at = float("-inf")

    def opened(self, now: float) -> None:
        """The line has been opened; nothing has been heard yet."""
        self._answered_at = now
        self._is_known = False

    def answered(self, status: Status | None, now: float) -> None:
        if status is not self.status or not self._is_known or self.is_offline(now):
            self._entered_at = now
        self.status = status
        self._is_known = True
        self._answered_at = now

    def held(self, now: float) -> None:
        """The note in escrow is held on purpose: that is no standing still."""
        self._entered_at = now

    def busy(self, now: float) -> None:
        """It answered that it cannot say now: it is alive, and at work."""
        self._answered_at = self._entered_at = now

    def done(self, now: float) -> None:
        """A reset has been sent."""
        self._reset_at = now

    def is_offline(self, now: float) -> bool:
        return now - self._answered_at >= SILENCE_IS_OFFLINE_S

    def is_due_in_silence(self, now: float) -> bool:
        """Whether to reset a validator that does not answer."""
        is_risky = not self._is_known or self.status in RESET_IS_DANGEROUS
        patience_s = BLIND_RESET_AFTER_S if is_risky else SILENCE_IS_OFFLINE_S
        return now - self._answered_at >= patience_s and now - self._reset_at >= RESET_IN_SILENCE_EVERY_S

    def is_due(self, now: float) -> bool:
        """Whether to reset a validator that answers with its present status."""
        since_reset_s = now - self._reset_at
        if self.status in POWER_UPS:
            return since_reset_s >= POWER_UP_RESET_EVERY_S
        return self._patience_is_over(now) and since_reset_s >= RECOVERY_RESET_EVERY_S

    def is_stuck(self, now: float) -> bool:
        """Whether it stands still in a status that should pass, and that is no fault by itself."""
        return self.status not in POWER_UPS | _HAS_ITS_OWN_FAULT and self._patience_is_over(now)

    def _patience_is_over(self, now: float) -> bool:
        in_status_s = now - self._entered_at
        match self.status:
            case status if status in SETTLED - {Status.CHEATED}:
                return False
            case Status.FAILURE:
                return in_status_s >= FAILURE_RESET_AFTER_S
            case Status.INITIALISE:
                return in_status_s >= INITIALISE_LIMIT_S
            case _:
                return in_status_s >= STUCK_AFTER_S
