"""What every experiment shows, for each way in which a gateway refuses: counted at simulated gateways."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Final, NamedTuple

from fake_gateways.truth import Cause, Fault
from probe.diagnose.conditions import Depth
from probe.diagnose.hypothesis import ALIVE, GONE, Hypothesis
from probe.diagnose.reply_kind import Answer

FIRST: Final = "first"
"""In place of an experiment: the first refusal, whose outcome is the kind of its reply."""
HISTORY: Final = "history"
"""In place of an experiment: what came of earlier attempts at the gateway (see ``probe.diagnose.history``)."""
WORDS: Final = "words"
"""In place of an experiment: the first refusal, whose outcome is the cause that its words name."""
_FILE: Final = "patterns.csv"
_KNOWN: Final = ("count", "cause", "mailbox", "depth")


PASSING: Final = frozenset({Cause.VELOCITY, Cause.DIRECTORY_HARVEST, Cause.GREYLISTED, Cause.SYSTEM, Cause.NETWORK})
"""Causes that pass by themselves, or that gateways defer for."""
_DISTURBED: Final = (Answer.DEFERRED.value, Answer.CLOSED.value, Answer.SILENT.value)


class Pattern(NamedTuple):
    """A hypothesis, and what experiments show if a gateway refuses in a certain way; ``times`` is how often it did.

    ``shows`` is the outcome by experiment. An experiment that could not be made is missing.
    """

    hypothesis: Hypothesis
    depth: Depth
    shows: Mapping[str, str]
    times: int = 1

    @property
    def is_steady(self) -> bool:
        """Whether nothing else disturbed the experiments.

        What is refused for good is not deferred in between, and whoever refuses one mailbox takes another.
        """
        if self.hypothesis.cause.fault in {Fault.RECIPIENT, Fault.MAILBOX}:
            return self.shows.get("control", Answer.TAKEN).startswith(Answer.TAKEN)
        passes = self.hypothesis.cause in PASSING or self.shows[FIRST].startswith(Answer.DEFERRED)
        return passes or not any(outcome.startswith(_DISTURBED) for outcome in self.shows.values())


@dataclass(frozen=True)
class Patterns:
    """All patterns. Experiments are not independent of each other, so they are kept together as they were seen."""

    known: tuple[Pattern, ...]

    def at(self, depth: Depth) -> list[Pattern]:
        """Return the patterns of a depth."""
        return [pattern for pattern in self.known if pattern.depth is depth]

    def without(self, cause: Cause) -> Patterns:
        """Return the patterns of all other causes."""
        return Patterns(tuple(pattern for pattern in self.known if pattern.hypothesis.cause is not cause))

    def seen(self, of: str) -> dict[Cause, Counter[str]]:
        """Return how often each outcome of something was seen with each cause, at any depth."""
        found: dict[Cause, Counter[str]] = {}
        for pattern in self.known:
            if of in pattern.shows:
                found.setdefault(pattern.hypothesis.cause, Counter())[pattern.shows[of]] += pattern.times
        return found

    @cached_property
    def outcomes(self) -> Mapping[str, tuple[str, ...]]:
        """The outcomes that each experiment ever had."""
        found: dict[str, set[str]] = {}
        for pattern in self.known:
            for experiment, outcome in pattern.shows.items():
                found.setdefault(experiment, set()).add(outcome)
        return {experiment: tuple(sorted(outcomes)) for experiment, outcomes in found.items()}


@cache
def shipped() -> Patterns:
    """Return the patterns that come with the package."""
    return Patterns(tuple(read((resources.files("probe.diagnose") / _FILE).read_text("utf-8"))))


def read(text: str) -> Iterator[Pattern]:
    """Read patterns from CSV."""
    for row in csv.DictReader(text.splitlines()):
        hypothesis = Hypothesis(Cause(row["cause"]), row["mailbox"] == ALIVE)
        shows = {name: outcome for name, outcome in row.items() if name not in _KNOWN and outcome}
        yield Pattern(hypothesis, Depth(row["depth"]), shows, int(row["count"]))


def written(patterns: Iterable[Pattern], experiments: Iterable[str]) -> str:
    """Return patterns as CSV: equal ones once, sorted by cause, the most frequent first."""
    counts: Counter[tuple[str, ...]] = Counter()
    columns = [FIRST, WORDS, HISTORY, *experiments]
    for hypothesis, depth, shows, times in patterns:
        mailbox = ALIVE if hypothesis.alive else GONE
        counts[hypothesis.cause, mailbox, depth, *(shows.get(name, "") for name in columns)] += times
    ordered = sorted(counts.items(), key=lambda each: (each[0][:3], -each[1], each[0]))
    rows = [(*_KNOWN, *columns), *((str(times), *key) for key, times in ordered)]
    return "".join(f"{','.join(row)}\n" for row in rows)
