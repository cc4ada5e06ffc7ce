"""What the report shows figures in: tables, and charts with a table of what they draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Table:
    """Cells in rows; the first ``words`` columns hold words, the others numbers. ``note`` says what is left out."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """One of the charts of tools/charts.py with its data.

    ``told`` is what somebody hears who does not see it; ``height`` (pixels) and ``most`` (the end of an axis) stand in
    for the chart's own.
    """

    kind: str
    title: str
    told: str
    data: dict[str, list[dict[str, Any]]]
    table: Table | None = None
    height: int | None = None
    most: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Heat:
    """A table of counts: a cell is a count, its share of the row, and whether row and column are the same."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[int, float, bool]]]] = field(default_factory=list)


def percent(share: float) -> str:
    """Return a share to a tenth of a percent."""
    return f"{share:.1%}"


def interval_of(interval: tuple[float, float]) -> str:
    """Return an interval of shares, with more digits where there would be nothing but zeros."""
    low, high = interval
    digits = next((digits for digits in (1, 2, 3) if high >= 0.1 ** (2 * digits)), 4)
    return f"{low * 100:.{digits}f}-{high:.{digits}%}"


def within(share: float, interval: tuple[float, float]) -> str:
    """Return a share with its interval."""
    return f"{percent(share)} ({interval_of(interval)})"
