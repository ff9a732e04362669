"""`python -m simulator demo`: play the visit, keep a PNG of every page, the receipt, and the time of each step."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from simulator.bench.bench import Bench
from simulator.bench.board import CommandLineBoard
from simulator.bench.configuration import PANELS
from simulator.bench.control_client import order
from simulator.bench.layout import layout_of
from simulator.bench.preparation import Wishes, prepare
from simulator.bench.startup import bring_up
from simulator.demo.client import DemoClient, NotShown
from simulator.demo.virtual_screen import ScreenMissing, VirtualScreen
from simulator.demo.visit import STEPS, Step


def add_arguments(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("demo", help="a scripted visit on a virtual screen, with pictures")
    parser.add_argument("--out", type=Path, default=Path("build/demo"), help="where the pictures go (build/demo)")
    parser.add_argument("--panel", choices=sorted(PANELS), default="portrait")
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class Timed:
    name: str
    seconds: float
    picture: str


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when the visit did not come to its end."""
    console = Console()
    size = PANELS[arguments.panel]
    arguments.out.mkdir(parents=True, exist_ok=True)
    for old in arguments.out.glob("*.*"):
        old.unlink()
    try:
        with VirtualScreen(size.width, size.height) as screen, tempfile.TemporaryDirectory() as directory:
            asyncio.run(_play(Path(directory), arguments.panel, screen, arguments.out, console))
    except (NotShown, ScreenMissing, OSError, TimeoutError) as error:
        console.print(f"[red]The demonstration stopped:[/red] {error}")
        return 1
    return 0


async def _play(directory: Path, panel: str, screen: VirtualScreen, out: Path, console: Console) -> None:
    bench = Bench(prepare(layout_of(directory), Wishes(panel, 1.0, True)))
    try:
        with CommandLineBoard(console) as board:
            missing = await bring_up(bench, board)
        if missing:
            raise NotShown("; ".join(missing))
        client = DemoClient(bench, screen)
        following = asyncio.create_task(client.follow())
        try:
            steps = await _walk(client, out, console)
        finally:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following
        await _keep_receipt(bench, out)
        _summarise(steps, panel, out, console)
    finally:
        await bench.close()


async def _walk(client: DemoClient, out: Path, console: Console) -> list[Timed]:
    done: list[Timed] = []
    for number, step in enumerate(STEPS, 1):
        began = time.monotonic()
        await _perform(client, step)
        seconds = round(time.monotonic() - began, 3)
        picture = ""
        if step.picture:
            await client.settle()
            picture = f"{number:02d}-{step.picture}.png"
            client.photograph(out / picture)
        console.print(f"  {step.verb} {step.argument}  [dim]{seconds:.2f} s  {picture}[/dim]")
        done.append(Timed(f"{step.verb} {step.argument}", seconds, picture))
    return done


async def _perform(client: DemoClient, step: Step) -> None:
    verbs: dict[str, Callable[[str], Awaitable[object]]] = {
        "expect": client.expect,
        "touch": client.touch,
        "type": client.type,
        "insert": lambda rubles: client.insert(int(rubles)),
    }
    await verbs[step.verb](step.argument)


async def _keep_receipt(bench: Bench, out: Path) -> None:
    socket = bench.layout.socket("fiscal-register")
    await order(socket, "tape", ["png", str((out / "receipt.png").absolute())])
    text = await order(socket, "tape", ["text"])
    body = text if isinstance(text, str) else text.get("text", "") if isinstance(text, dict) else "\n".join(text)
    (out / "receipt.txt").write_text(str(body), encoding="utf-8")


def _summarise(steps: list[Timed], panel: str, out: Path, console: Console) -> None:
    total = round(sum(step.seconds for step in steps), 3)
    body = {
        "panel": panel,
        "total_s": total,
        "steps": [{"step": each.name, "seconds": each.seconds, "picture": each.picture} for each in steps],
    }
    (out / "summary.json").write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    console.print(f"[green]A visit of {total:.1f} s[/green]; pictures and receipt in {out}")
