"""Where the targets are. The modules are named and not imported here: a fuzzing process instruments the product's
modules as they are imported."""

from __future__ import annotations

import importlib

from tests.fuzz.target import Target

MODULES = (
    "tests.fuzz.targets.ccnet",
    "tests.fuzz.targets.ccnet_driver",
    "tests.fuzz.targets.shtrih",
    "tests.fuzz.targets.shtrih_driver",
    "tests.fuzz.targets.billing",
    "tests.fuzz.targets.messages",
    "tests.fuzz.targets.files",
)
PRODUCT = ("contracts", "fiscal", "terminal", "watchdog")
"""Packages whose coverage guides and chooses the corpus."""
LIBRARIES = ("requests", "urllib3", "http")
"""Their coverage guides as well: they read for us."""


def targets_of(module: str) -> tuple[Target, ...]:
    """The targets of one module."""
    found: tuple[Target, ...] = importlib.import_module(module).TARGETS
    return found


def all_targets() -> dict[str, tuple[str, Target]]:
    """Every target by name, with its module."""
    return {target.name: (module, target) for module in MODULES for target in targets_of(module)}
