"""What is known of one supervised process, what may happen to it, and what the watchdog may do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from signal import Signals

from contracts.faults import FaultCode
from contracts.life_signs import LifeSign
from watchdog.progress import Progress

EXIT_CONFIGURATION = 2
"""The process will not run before the installer has corrected the configuration or the command line."""
EXIT_REFUSED = 3
"""What the process needs to keep may not be used: another copy holds the lock, it is damaged, the disk is read-only."""
NO_BUDGET_EXITS = frozenset({EXIT_CONFIGURATION, EXIT_REFUSED})
"""No restart can cure these, so they cost no budget and are tried again at the longest ordinary pause."""


class Phase(Enum):
    """Where a process is in its life. Only `STARTING`, `RUNNING` and `STOPPING` have a living instance."""

    WAITING = "waiting"
    """Not running, to be started at `due_s`."""
    STARTING = "starting"
    """Running, must be ready by `due_s`."""
    RUNNING = "running"
    STOPPING = "stopping"
    """Told to end; at `due_s` it is killed, and killed again."""
    STOPPED = "stopped"
    """Not running and not to be started any more."""


ALIVE = frozenset({Phase.STARTING, Phase.RUNNING, Phase.STOPPING})


class Cause(StrEnum):
    """Why the terminal, or a part of it, was out of order."""

    STOPPED = "stopped"
    """The process ended by itself."""
    FROZEN = "frozen"
    """No progress."""
    NOT_READY = "not-ready"
    """Did not get ready in the time allowed."""
    OUT_OF_SERVICE = "out-of-service"
    """The service works but cannot serve clients; the faults say why."""
    TERMINAL_OFF = "terminal-off"
    """The watchdog itself was not there: power, reboot, or it died."""
    PLANNED_RESTART = "planned-restart"
    PLANNED_STOP = "planned-stop"


class Part(Enum):
    """The two outages that one process can have at the same time at most."""

    DOWN = "down"
    REFUSING = "refusing"


class After(Enum):
    """What follows once a stopping process has ended."""

    FAILURE = "failure"
    PLANNED_RESTART = "planned-restart"
    SHUTDOWN = "shutdown"


@dataclass(frozen=True, slots=True)
class OpenOutage:
    """An outage that goes on."""

    planned: bool
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """One process. Times are seconds of the watchdog's monotonic clock."""

    name: str
    phase: Phase = Phase.WAITING
    due_s: float = 0.0
    instance: int = 0
    """Counts the starts; what is heard of an earlier instance is ignored."""
    pid: int | None = None
    after: After = After.FAILURE
    """Means something while `STOPPING`."""
    progress: Progress = field(default_factory=Progress)
    ready_s: float | None = None
    """Since when the present instance is ready."""
    failures: int = 0
    """In a row, since it was last stable."""
    slow_starts: int = 0
    """Stopped in a row for not getting ready."""
    restarts: tuple[float, ...] = ()
    """Unplanned restarts of the last hour."""
    budget_spent: bool = False
    restart_wanted: bool = False
    down: OpenOutage | None = None
    refusing: OpenOutage | None = None
    last_tick_s: float | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class Started:
    """The operating system has made the process."""

    instance: int
    pid: int


@dataclass(frozen=True, slots=True)
class Exited:
    """The process is gone for certain. `code` as the operating system tells it, negative for a signal; `None` when
    it could not be made at all."""

    instance: int
    code: int | None


@dataclass(frozen=True, slots=True)
class Signed:
    """A life sign has arrived."""

    sign: LifeSign


@dataclass(frozen=True, slots=True)
class RestartWanted:
    """Somebody asks for a restart: done when it interrupts neither a client nor money."""


@dataclass(frozen=True, slots=True)
class ShutdownWanted:
    """The watchdog itself must end."""


Event = Tick | Started | Exited | Signed | RestartWanted | ShutdownWanted


@dataclass(frozen=True, slots=True)
class Start:
    """Make instance number so-and-so of the process."""

    name: str
    instance: int


@dataclass(frozen=True, slots=True)
class Send:
    """Send a signal to the instance."""

    name: str
    instance: int
    signal: Signals


@dataclass(frozen=True, slots=True)
class Began:
    """An outage began at `started_s` and was noticed now."""

    name: str
    part: Part
    cause: Cause
    faults: tuple[str, ...]
    planned: bool
    started_s: float
    detail: str


@dataclass(frozen=True, slots=True)
class Ended:
    """That outage is over now. `faults` are all that were seen in its course."""

    name: str
    part: Part
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Raised:
    """A fault of the watchdog's own."""

    name: str
    code: FaultCode


@dataclass(frozen=True, slots=True)
class Cleared:
    """That fault is over."""

    name: str
    code: FaultCode


Action = Start | Send | Began | Ended | Raised | Cleared
