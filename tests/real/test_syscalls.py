"""A slice of `python -m tests.real.syscalls`."""

from __future__ import annotations

import shutil

import pytest

from tests.real.syscalls import cut_everywhere

FEW = 67
"""Every so many boundaries of the calls that a visit makes by the hundred."""


@pytest.mark.system
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace cuts the visit and is not installed")
@pytest.mark.parametrize(("call", "fault"), [("pwrite64", "signal=KILL"), ("fdatasync", "error=EIO")])
def test_a_visit_survives_death_at_a_system_call(call: str, fault: str) -> None:
    found = cut_everywhere(call, fault, every=FEW if call == "pwrite64" else 13)
    assert found.violations == []
    assert found.count >= 2
    assert 1 <= found.died <= found.count, "only the second copy may fail without the end of the process"
