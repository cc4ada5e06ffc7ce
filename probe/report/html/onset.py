"""The piles of a gateway's chart: the results of its attempts over time, stacked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from probe.judge.onset import Onset
from probe.judge.outcome import LABELS, RecipientOutcome
from probe.report.summary import count

_STACKED: Final = (
    RecipientOutcome.DELIVERED,
    RecipientOutcome.DEFERRED,
    RecipientOutcome.GONE,
    RecipientOutcome.MISSED,
    RecipientOutcome.KEPT,
    RecipientOutcome.LIED,
)
"""The order in a stacked bar, from its bottom to its top."""


def steps(onset: Onset) -> Iterator[dict[str, Any]]:
    """Yield the parts of the bars, from left to right and from the bottom to the top."""
    step = onset.step_s
    for number, pile in sorted(onset.piles.items()):
        low = 0
        for what in _STACKED:
            size = pile[what]
            if size:
                yield {
                    "at": number * step * 1000,
                    "until": (number + 1) * step * 1000,
                    "low": low,
                    "high": low + size,
                    "standing": what.value,
                    "told": f"{clock(number * step)}: {count(size, 'attempt')}, {LABELS[what]}",
                }
                low += size


def clock(at: float) -> str:
    """Return a time (seconds since the epoch) as UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def length(seconds: int) -> str:
    """Return a duration in the largest unit of which it is a multiple."""
    for unit, name in ((604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % unit == 0:
            return name if seconds == unit else f"{seconds // unit} {name}s"
    return "second" if seconds == 1 else f"{seconds} seconds"
