"""What was measured, as one table and as JSON."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table

WIDTH: Final = 150
LONGEST: Final = 60
"""Letters of a row's reason why it was not measured."""


class Figures(NamedTuple):
    """What one round of a case came to. ``rate`` is of messages, recipients or replies a second."""

    wall_s: float | None = None
    cpu_s: float | None = None
    peak_mb: float | None = None
    rate: float | None = None


@dataclass
class Row:
    """A case: how many messages, recipients or replies it has, and its rounds by the label of the checkout.

    ``absent`` says why it could not be measured.
    """

    case: str
    count: int
    rounds: dict[str, list[Figures]] = field(default_factory=dict)
    absent: str = ""


class Column(NamedTuple):
    """A figure of the table: its head, how it is taken from a round, and how it is written."""

    head: str
    of: Callable[[Row, Figures], float | None]
    form: str = ",.0f"


COLUMNS: Final = (
    Column("wall s", lambda _, of: of.wall_s, ",.1f"),
    Column("CPU s", lambda _, of: of.cpu_s, ",.1f"),
    Column("CPU µs each", lambda row, of: None if of.cpu_s is None else of.cpu_s / row.count * 1e6),
    Column("peak MB", lambda _, of: of.peak_mb),
    Column("a second", lambda _, of: of.rate),
)


def show(rows: Sequence[Row], labels: Sequence[str]) -> None:
    """Print the table: with one checkout every figure with its spread, with two both beside their ratio."""
    title = f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[2]:.1f}"
    table = Table(title=title, title_justify="left", box=box.MARKDOWN)
    table.add_column("case", no_wrap=True)
    table.add_column("count", justify="right")
    for column in COLUMNS:
        for label in (*labels, "ratio") if len(labels) > 1 else ("",):
            table.add_column(f"{column.head} {label}".strip(), justify="right", no_wrap=len(labels) == 1)
    for row in rows:
        cells = (
            [row.absent[:LONGEST]]
            if row.absent
            else [cell for column in COLUMNS for cell in _cells(row, column, labels)]
        )
        table.add_row(row.case, f"{row.count:,}", *cells)
    Console(width=WIDTH).print(table)


def _cells(row: Row, column: Column, labels: Sequence[str]) -> Iterator[str]:
    medians = []
    for label in labels:
        values = [value for each in row.rounds.get(label, ()) if (value := column.of(row, each)) is not None]
        medians.append(statistics.median(values) if values else None)
        yield _cell(values, column.form) if len(labels) == 1 else "" if not values else f"{medians[-1]:{column.form}}"
    if len(labels) > 1:
        before, now = medians
        yield f"{now / before:.2f}" if before and now else ""


def _cell(values: Sequence[float], form: str) -> str:
    """Write the median, and half of the distance from the least to the most as a share of it."""
    if not values:
        return ""
    median = statistics.median(values)
    spread = (max(values) - min(values)) / 2 / median if median else 0.0
    return f"{median:{form}}" + (f" ±{spread:3.0%}" if len(values) > 1 else "")


def as_json(rows: Sequence[Row]) -> dict[str, Any]:
    """Return every figure of every round."""
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "rows": [
            {
                "case": row.case,
                "count": row.count,
                "absent": row.absent or None,
                "rounds": {label: [each._asdict() for each in rounds] for label, rounds in row.rounds.items()},
            }
            for row in rows
        ],
    }
