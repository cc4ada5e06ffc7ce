"""Shows the progress of a run: a bar, and below it the deliveries per destination."""

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
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from probe.sender import progress
from probe.sender.progress import LaneCounts, Steps

ROWS: Final = 10


def is_interactive(console: Console) -> bool:
    """Whether progress is shown: only on a terminal (FORCE_COLOR makes no terminal of a pipe), and not in a CI job."""
    return console.is_interactive and console.file.isatty() and not os.environ.get("CI")


class LiveProgress:
    """The progress of a run on standard error; it prints nothing if that is not a terminal."""

    def __init__(self, name: str) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
        )
        self._task = self._bar.add_task(name, total=None)
        self._judging: TaskID | None = None
        self._began = time.monotonic()
        self._progress = progress.Progress()
        self._live = (
            Live(get_renderable=self._draw, console=console, refresh_per_second=4, transient=True)
            if is_interactive(console)
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
        """Start with the planned deliveries."""
        self._progress = planned
        self._bar.update(self._task, total=planned.deliveries)

    def tell(self, steps: Steps) -> None:
        """Count attempts."""
        self._bar.update(self._task, advance=self._progress.take(steps))

    def tell_judged(self, judged: int, total: int) -> None:
        """Count judged deliveries; when sending is done, they have a bar of their own."""
        if self._judging is None:
            self._judging = self._bar.add_task("judging", total=total)
        self._bar.update(self._judging, completed=judged)

    def _draw(self) -> Group:
        return Group(self._bar, destinations(self._progress, time.monotonic() - self._began))


def destinations(standings: progress.Progress, elapsed_s: float) -> Table:
    """Return the table: destinations with the longest queue first, the others in one row."""
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


class ProgressBar:
    """A progress bar for ``total`` octets, or with another column ``of`` for ``total`` other things.

    It prints nothing if standard error is not a terminal.
    """

    def __init__(self, name: str, total: int, of: ProgressColumn | None = None) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            of or DownloadColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not is_interactive(console),
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
        """Count finished work."""
        self._bar.update(self._task, advance=done)

    def reach(self, done: int, total: int) -> None:
        """Set how much work is finished, of how much."""
        self._bar.update(self._task, completed=done, total=total)
