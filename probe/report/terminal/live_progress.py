"""Shows a run while it goes on: a bar, and beneath it where the deliveries of each destination stand."""

from __future__ import annotations

import os
import time
from types import TracebackType
from typing import Final, Self

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from probe.sender import progress
from probe.sender.progress import LaneCounts, Steps

ROWS: Final = 10


def is_watched(console: Console) -> bool:
    """Whether somebody looks on: a terminal, which no wish for colour makes of a pipe, and not that of a CI job."""
    return console.is_interactive and console.file.isatty() and not os.environ.get("CI")


class Watching:
    """Draws on standard error, and stays silent where that is no terminal."""

    def __init__(self, name: str) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
        )
        self._task = self._bar.add_task(name, total=None)
        self._began = time.monotonic()
        self._progress = progress.Progress()
        self._live = (
            Live(get_renderable=self._draw, console=console, refresh_per_second=4, transient=True)
            if is_watched(console)
            else None
        )

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.__exit__(kind, error, trace)

    def begin(self, planned: progress.Progress) -> None:
        """Take note of what is planned."""
        self._progress = planned
        self._bar.update(self._task, total=sum(standing.planned for standing in planned.lanes.values()))

    def tell(self, steps: Steps) -> None:
        """Take note of attempts."""
        self._bar.update(self._task, advance=self._progress.take(steps))

    def _draw(self) -> Group:
        return Group(self._bar, destinations(self._progress, time.monotonic() - self._began))


def destinations(standings: progress.Progress, elapsed_s: float) -> Table:
    """Return the table: destinations with most to do first, the rest in one line."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("destination")
    for heading in ("queued", "delivered", "deferred", "refused", "given up", "attempts/s"):
        table.add_column(heading, justify="right")
    by_queue = sorted(standings.lanes.items(), key=lambda item: (-item[1].queued, item[0]))
    for name, standing in by_queue[:ROWS]:
        table.add_row(*_cells(Text(name), standing, elapsed_s))
    if len(by_queue) > ROWS:
        rest = LaneCounts()
        for _, standing in by_queue[ROWS:]:
            rest.add(standing)
        table.add_row(*_cells(Text(f"{len(by_queue) - ROWS:,} others", style="dim"), rest, elapsed_s))
    return table


def _cells(name: Text, standing: LaneCounts, elapsed_s: float) -> tuple[Text | str, ...]:
    rate = standing.attempts / elapsed_s if elapsed_s > 0 else 0.0
    counts = (standing.queued, standing.delivered, standing.deferrals, standing.refused, standing.given_up)
    return name, *(f"{count:,}" for count in counts), f"{rate:,.0f}"


class Filling:
    """A bar for work of known length, silent where nobody watches: so many octets of a file, or ``of`` other things."""

    def __init__(self, name: str, total: int, of: ProgressColumn | None = None) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            of or DownloadColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not is_watched(console),
            transient=True,
        )
        self._task = self._bar.add_task(name, total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def advance(self, done: int) -> None:
        """Note what was done."""
        self._bar.update(self._task, advance=done)
