"""All figures of ``fivefifty evaluate --diagnose``, as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from probe.studies.diagnose.accuracy import (
    Diagnosed,
    Figure,
    Spent,
    accuracy,
    by_cause,
    confusion,
    groups,
    mixed_up,
    others,
    spent,
)


def summary(found: Sequence[Diagnosed], gateways: int, seed: int) -> dict[str, Any]:
    """Return every figure. Shares and means have an interval with 95 % confidence and the number that they are of."""
    of = groups(found)
    ours = [each for each in found if not each.held_out]
    plain = [each for each in ours if each.subject.noise is None]
    return {
        "seed": seed,
        "gateways": gateways,
        "groups": {name: _accuracy(some) for name, some in of.items()},
        "causes": {name: _accuracy(some) for name, some in by_cause(plain).items()},
        "confusion": confusion(plain),
        "mixed_up": [
            {"true": true, "diagnosed": said, "recipients": times, "could_be_told": could}
            for true, said, times, could in mixed_up(plain)
        ],
        "verifiers": {name: _document(each._asdict()) for name, each in others(ours).items()},
    }


def _accuracy(found: Sequence[Diagnosed]) -> dict[str, Any]:
    return {
        "recipients": len(found),
        **_document(accuracy(found)._asdict()),
        "spent": {what: _document(each._asdict()) for what, each in spent(found).items()},
    }


def _document(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _rounded(each) for name, each in values.items()}


def _rounded(value: Figure | Spent | float) -> Any:
    if not isinstance(value, Figure):
        return value
    number, low, high, of = value
    return {
        "value": None if number is None else round(number, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "of": of,
    }
