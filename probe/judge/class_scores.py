"""How well a classifier names causes and faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from fake_gateways.truth import Cause, Fault

NONE: Final = "none"
"""The class without a cause: delivered, or the classifier has no idea."""


@dataclass
class ClassScore:
    """One class: recipients it is true of, recipients a classifier sees it in, and recipients in both (``hits``).

    Precision is 1 when the class is never seen, recall is 1 when it is never true.
    """

    true: int = 0
    seen: int = 0
    hits: int = 0
    precision: float = 1.0
    recall: float = 1.0
    f1: float = 1.0


Confusion = dict[str, dict[str, int]]
"""Counts of recipients by the true class and the class seen."""


def by_cause(confusion: Mapping[tuple[str, str], int]) -> dict[str, ClassScore]:
    """Score every cause, and ``none``."""
    return _scores(confusion, [*(cause.value for cause in Cause), NONE])


def by_fault(confusion: Mapping[tuple[str, str], int]) -> dict[str, ClassScore]:
    """Score every fault (recipient, sender, ...), and ``none``."""
    merged: Counter[tuple[str, str]] = Counter()
    for (true, seen), count in confusion.items():
        merged[fault_of(true), fault_of(seen)] += count
    return _scores(merged, [*(fault.value for fault in Fault), NONE])


def table(confusion: Mapping[tuple[str, str], int]) -> Confusion:
    """Return the confusion matrix as nested tables, without zeros."""
    nested: Confusion = {}
    for (true, seen), count in sorted(confusion.items()):
        nested.setdefault(true, {})[seen] = count
    return nested


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall, 0 if both are 0."""
    return round(2 * precision * recall / (precision + recall), 6) if precision + recall else 0.0


def fault_of(name: str) -> str:
    """Return the fault of a cause, both by name; ``none`` has none."""
    return NONE if name == NONE else Cause(name).fault.value


def _scores(confusion: Mapping[tuple[str, str], int], names: Iterable[str]) -> dict[str, ClassScore]:
    scores = {name: ClassScore() for name in names}
    for (true, seen), count in confusion.items():
        scores[true].true += count
        scores[seen].seen += count
        if true == seen:
            scores[true].hits += count
    for score in scores.values():
        score.precision = round(score.hits / score.seen, 6) if score.seen else 1.0
        score.recall = round(score.hits / score.true, 6) if score.true else 1.0
        score.f1 = f1(score.precision, score.recall)
    return scores
