"""The rates of a scorecard, worked out from its counts without the judge's own code."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import Any, Final

_Z: Final = 1.959964
_CLOSE: Final = 1e-5
"""Figures have six places."""

Figure = tuple[str, Any, Any]
"""What a figure is called, what it is, and what the scorecard says."""


def rates(score: dict[str, Any], alive: int, gone: int) -> Iterator[Figure]:
    """Yield the rates of a classifier's score, given how many recipients are alive and gone."""
    right, wrong = score["rightly_suppressed"], score["wrongly_suppressed"]
    yield share("wrongly_suppressed_rate", wrong, alive, score)
    yield from _interval("wrongly_suppressed_interval", wrong, alive, score)
    yield share("missed_dead_rate", gone - right, gone, score)
    yield from _interval("missed_dead_interval", gone - right, gone, score)
    yield from _of_class(right, right + wrong, gone, score)
    yield from _interval("precision_interval", right, right + wrong, score)
    yield from _interval("recall_interval", right, gone, score)
    confusion = score["confusion"]
    for name, each in score["causes"].items():
        counts = {
            "true": sum(confusion.get(name, {}).values()),
            "seen": sum(row.get(name, 0) for row in confusion.values()),
            "hits": confusion.get(name, {}).get(name, 0),
        }
        yield from ((f"{count} of {name}", number, each[count]) for count, number in counts.items())
    for kind in ("causes", "faults"):
        for name, each in score[kind].items():
            for what, is_, shown in _of_class(each["hits"], each["seen"], each["true"], each):
                yield f"{what} of {name}", is_, shown
    for part, values in score["parts"].items():
        for figure, whole in {"alive": alive, "gone": gone, "wrongly_suppressed": wrong}.items():
            yield f"{figure} by {part}", whole, sum(each[figure] for each in values.values())


def share(what: str, hits: int, cases: int, score: dict[str, Any], without: float = 0.0) -> Figure:
    """Return a share as a figure; it is what is given if there is no case."""
    found = hits / cases if cases else without
    return what, score[what] if abs(found - score[what]) < _CLOSE else found, score[what]


def _of_class(hits: int, seen: int, true: int, score: dict[str, Any]) -> Iterator[Figure]:
    """Yield precision, recall and F1, which is twice the hits in what is seen and what is true together."""
    yield share("precision", hits, seen, score, 1.0)
    yield share("recall", hits, true, score, 1.0)
    yield share("f1", 2 * hits, seen + true, score, 1.0)


def _interval(what: str, hits: int, cases: int, score: dict[str, Any]) -> Iterator[Figure]:
    """Yield whether an interval is Wilson's: from its ends, the share is 1.96 standard errors away."""
    low, high = score[what]
    if not cases:
        yield what, [0.0, 1.0], [low, high]
        return
    found = hits / cases
    for end, sign in ((low, 1), (high, -1)):
        error = sign * (found - end) - _Z * sqrt(end * (1 - end) / cases)
        yield f"distance of an end of {what} from its share", 0.0 if abs(error) < _CLOSE else error, 0.0
