"""What the watchdog says is shown by the service, and changes nothing of what it offers."""

from __future__ import annotations

from pathlib import Path

from contracts.faults import ActiveFault, FaultCode
from tests.flows.test_service_faults import at_insert, play
from tests.support.terminal_world import Life, TerminalWorld


def test_the_watchdog_s_faults_are_in_the_status_and_close_nothing(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        _person, paying = await at_insert(world, life, [100])
        status = life.service.status
        assert status.status()["watchdog"] == []
        status._watchdog = lambda: (ActiveFault(FaultCode.RESTART_BUDGET_SPENT, "kiosk"),)
        shown = status.status()
        assert [(each["code"], each["detail"]) for each in shown["watchdog"]] == [("WD05", "kiosk")]
        assert shown["in_service"]
        assert shown["tenders"]["cash"]["offered"]
        assert FaultCode.RESTART_BUDGET_SPENT not in {each["code"] for each in shown["faults"]}
        await paying

    play(tmp_path, scenario)
