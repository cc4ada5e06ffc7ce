"""What was measured, as one table and as JSON."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table

WIDTH: Final = 200
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
    """Print the table: of one checkout every figure with its spread, of two both figures and their ratio."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[2]:.1f}")
    if len(labels) > 1:
        print(f"medians: {' -> '.join(labels)} (ratio)")
    table = Table(box=box.MARKDOWN)
    table.add_column("case", no_wrap=True)
    for head in ("count", *(column.head for column in COLUMNS)):
        table.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        cells = [row.absent[:LONGEST]] if row.absent else [_cell(row, column, labels) for column in COLUMNS]
        table.add_row(row.case, f"{row.count:,}", *cells)
    Console(width=WIDTH).print(table)


def _cell(row: Row, column: Column, labels: Sequence[str]) -> str:
    several = [[value for each in row.rounds.get(label, ()) if (value := column.of(row, each)) is not None]
               for label in labels]  # fmt: skip
    medians = [statistics.median(values) for values in several if values]
    said = " -> ".join(f"{median:{column.form}}" for median in medians)
    if len(medians) > 1:
        return f"{said} ({medians[-1] / medians[0]:.2f})"
    if len(labels) > 1 or len(several[0]) < 2:
        return said
    return f"{said} ±{(max(several[0]) - min(several[0])) / 2 / medians[0]:3.0%}"


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
