"""Compares classifiers by the books: two that read one run, or one that read two runs of a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from probe.input_error import InputError
from probe.judge.compare import Comparison, compare
from probe.judge.judge import earlier_advice, read_stories
from probe.ledger import Ledger
from probe.user_files import exists


class ComparedRun(NamedTuple):
    """A run, and one of the classifiers that read it; None for all of them."""

    folder: Path
    classifier: str | None

    @classmethod
    def parse(cls, text: str) -> ComparedRun:
        """Read ``RUN`` or ``RUN:CLASSIFIER``. A folder whose name holds a colon is taken as it is."""
        if exists(Path(text)):
            return cls(Path(text), None)
        folder, _, name = text.rpartition(":")
        return cls(Path(folder or text), name if folder else None)


def compare_runs(first: ComparedRun, second: ComparedRun) -> dict[tuple[str, str], Comparison]:
    """Compare the advice in the books of two runs, by the two classifiers' names.

    Raises InputError for runs with different recipients, and where no classifier read both.
    """
    with Ledger.open(first.folder) as left, Ledger.open(second.folder) as right:
        stories, others = read_stories(left), read_stories(right)
        if set(stories) != set(others):
            problem = f"has other recipients than {first.folder}"
            raise InputError(second.folder, problem, "compare runs of one scenario and seed, or classifiers of one run")
        return {
            (one, other): compare(stories, earlier_advice(left, one), earlier_advice(right, other))
            for one, other in _pairs(left, first.classifier, right, second.classifier)
        }


def _pairs(left: Ledger, one: str | None, right: Ledger, other: str | None) -> list[tuple[str, str]]:
    """Return the pairs of names to compare. A single name is used for both; without one, all that read both runs."""
    if one or other:
        return [(one or other or "", other or one or "")]
    names = [{row.classifier: None for row in ledger.classifications()} for ledger in (left, right)]
    shared = [name for name in names[0] if name in names[1]]
    if not shared:
        raise InputError(right.path, "was read by none of the same classifiers", "name two, as RUN:CLASSIFIER")
    return [(name, name) for name in shared]
