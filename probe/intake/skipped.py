"""Counts the lines of a log that could not be read, by reason, and keeps an example of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from probe.harmless import SHOWN, clipped, harmless
from probe.intake.event import BadLine

_MOST_REASONS: Final = 100
"""Reasons that are told apart; those of damaged files may be of any number."""
_QUOTED: Final = re.compile(r"'.*'|\".*\"", re.DOTALL)
_OTHERS: Final = "other reasons"
_SHOWN: Final = 10


@dataclass
class SkippedLines:
    """Counts by reason, whatever a reason quotes, and the first line of each."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, BadLine] = field(default_factory=dict)

    def add(self, bad: BadLine) -> None:
        """Count a line."""
        reason = _QUOTED.sub("...", bad.reason)
        if reason not in self.counts and len(self.counts) >= _MOST_REASONS:
            reason = _OTHERS
        self.counts[reason] += 1
        self.first.setdefault(reason, bad)

    @property
    def total(self) -> int:
        """The number of lines."""
        return self.counts.total()

    @property
    def what(self) -> str:
        """What they are: ``line`` or, in a mailbox, ``message``."""
        return "line" if {each.what for each in self.first.values()} <= {"line"} else "message"

    def told(self) -> Iterator[str]:
        """Yield the count of each reason and its example, the most frequent first, without anything harmful."""
        for reason, count in self.counts.most_common(_SHOWN):
            yield f"{count:,}: {example_of(self.first[reason])}"
        if len(self.counts) > _SHOWN:
            yield f"and {len(self.counts) - _SHOWN:,} more reasons"


def example_of(bad: BadLine) -> str:
    """Return the number of a line, why it was not read, and how it starts."""
    more = "..." if len(bad.text) > SHOWN else ""
    start = f": {harmless(bad.text[:SHOWN])}{more}" if bad.text else ""
    return f"{bad.what} {bad.number} ({clipped(bad.reason, 200)}){start}"
