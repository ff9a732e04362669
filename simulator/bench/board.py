"""The progress of the start on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

MAX_NOTE_CHARACTERS = 100


class CommandLineBoard:
    """Implements `simulator.bench.startup.Board`. Draws only when something changes: a thread of its own
    would not go well with starting processes."""

    def __init__(self, console: Console) -> None:
        title = TextColumn("{task.description}", table_column=Column(min_width=16, no_wrap=True))
        note = TextColumn("{task.fields[note]}", table_column=Column(overflow="fold"))
        columns = (SpinnerColumn(), title, note, TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, auto_refresh=False)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> CommandLineBoard:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, name: str, title: str) -> None:
        self._tasks[name] = self._progress.add_task(title, total=1, note="starting")
        self._progress.refresh()

    def note(self, name: str, what: str) -> None:
        self._progress.update(self._tasks[name], note=f"[dim]{_short(what)}[/dim]", refresh=True)

    def done(self, name: str, problem: str) -> None:
        note = f"[red]{_short(problem)}[/red]" if problem else "[green]ready[/green]"
        self._progress.update(self._tasks[name], note=note, completed=1, refresh=True)


def show_result(console: Console, address: str, directory: str, missing: Sequence[str]) -> None:
    """Where the page is, and what is missing."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("Page", f"[bold cyan]{address}[/bold cyan]")
    table.add_row("Directory", directory)
    for each in missing:
        table.add_row("[red]Missing[/red]", each)
    if not missing:
        table.add_row("Terminal", "[green]in service[/green]")
    table.add_row("", "[dim]Ctrl-C ends everything[/dim]")
    console.print(table)


def _short(text: str) -> str:
    text = text.replace("[", "(")
    return text if len(text) <= MAX_NOTE_CHARACTERS else text[: MAX_NOTE_CHARACTERS - 1] + "…"
