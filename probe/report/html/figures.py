"""The elements of the report: tables of figures, and charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Table:
    """A table. The first ``words`` columns hold text, the others numbers; ``note`` says what was left out."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart of tools/charts.py (``kind``) with its data.

    ``told`` is the text for screen readers. ``height`` (pixels) and ``most`` (the end of an axis) replace the values in
    the chart's specification.
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
    """A heat map. A cell holds a count, its share of the row, and whether row and column are the same cause."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[int, float, bool]]]] = field(default_factory=list)


def percent(share: float) -> str:
    """Return a share as a percentage with one decimal."""
    return f"{share:.1%}"


def interval_of(interval: tuple[float, float]) -> str:
    """Return an interval of shares as percentages, with more decimals if the upper end would show as zero."""
    low, high = interval
    digits = next((digits for digits in (1, 2, 3) if high >= 0.1 ** (2 * digits)), 4)
    return f"{low * 100:.{digits}f}-{high:.{digits}%}"


def within(share: float, interval: tuple[float, float]) -> str:
    """Return a share followed by its interval."""
    return f"{percent(share)} ({interval_of(interval)})"
