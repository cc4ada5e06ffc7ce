"""The figures of an evaluation: sums and means of scenarios, the worst of them, the frontier, reliability."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean
from typing import Any, Final

from probe.judge.calibration import Probabilities
from probe.judge.errors import ErrorCounts
from probe.judge.frontier import Point, dominates, frontier
from probe.studies.evaluate.figures import CODE, HELD_OUT, Evaluated, is_retested, retested

FAR_ABOVE: Final = 0.1
"""How much more of the gone than by ``code`` may be kept in a scenario, as a share, before it counts as far above."""


def summary(evaluated: Sequence[Evaluated]) -> dict[str, Any]:
    """Return all figures as ``evaluate --json`` prints them (schema 1)."""
    lying = [each for each in evaluated if each.lies]
    families = dict.fromkeys(each.family for each in evaluated if each.family)
    total = _together("", evaluated)
    return {
        "schema": 1,
        "scenarios": {each.name: _of_scenario(each) for each in evaluated},
        "families": {
            family: _of_scenario(_together(family, [each for each in evaluated if each.family == family]))
            for family in families
        },
        "with_lies": _total(lying),
        "without_lies": _total([each for each in evaluated if not each.lies]),
        "reserved": _total([each for each in evaluated if each.is_reserved]),
        "worst": _worst(evaluated),
        "all": _of_scenario(total),
        "frontier": _frontier(total),
        "held_out": _by_persona(lying),
        "calibration": dict(_calibrations(evaluated)),
    }


def _together(name: str, evaluated: Iterable[Evaluated]) -> Evaluated:
    """Return the counts of several scenarios as those of one."""
    found = Evaluated(name, lies=False)
    for each in evaluated:
        found.lies |= each.lies
        found.retests += each.retests
        found.retests_of_gone += each.retests_of_gone
        _add(found.errors, each.errors)
        _add(found.policy_errors, each.policy_errors)
        for classifier, by_cause in each.remaining.items():
            _add(found.remaining.setdefault(classifier, {}), by_cause)
    return found


def _add(found: dict[str, ErrorCounts], more: dict[str, ErrorCounts]) -> None:
    for name, errors in more.items():
        found[name] = found.get(name, ErrorCounts()) + errors


def _of_scenario(each: Evaluated) -> dict[str, Any]:
    causes = sorted({cause for by_cause in each.remaining.values() for cause in by_cause})
    return {
        "lies": each.lies,
        "retests": each.retests,
        "retests_of_gone": each.retests_of_gone,
        "left": {
            cause: {name: _mistakes(by_cause.get(cause, ErrorCounts())) for name, by_cause in each.remaining.items()}
            for cause in causes
        },
        "classifiers": {name: _as_dict(found) for name, found in each.errors.items()},
    }


def _mistakes(found: ErrorCounts) -> dict[str, int]:
    return {"suppressed": found.wrongly_suppressed, "missed": found.missed_dead}


def _total(evaluated: Sequence[Evaluated]) -> dict[str, Any]:
    """Return the errors of all scenarios together, and the mean of their shares, in which each counts alike."""
    total = _together("", evaluated).errors
    parts = {name: [each.errors[name] for each in evaluated] for name in total}
    return {
        name: {
            **_as_dict(errors),
            "mean_suppressed": _mean(each.wrongly_suppressed_rate for each in parts[name] if each.alive),
            "mean_missed": _mean(each.missed_dead_rate for each in parts[name] if each.gone),
            "fewer_than_code": _fewer(errors, total.get(CODE)),
            "fewer_than_code_retested": _fewer(errors, total.get(retested(CODE))),
        }
        for name, errors in total.items()
    }


def _mean(shares: Iterable[float]) -> float | None:
    found = list(shares)
    return round(fmean(found), 6) if found else None


def _fewer(errors: ErrorCounts, than: ErrorCounts | None) -> float | None:
    if than is None or not than.wrongly_suppressed:
        return None
    return round(1 - errors.wrongly_suppressed / than.wrongly_suppressed, 4)


def _as_dict(found: ErrorCounts) -> dict[str, Any]:
    return {
        "living": found.alive,
        "suppressed": found.wrongly_suppressed,
        "gone": found.gone,
        "missed": found.missed_dead,
        "suppressed_interval": list(found.wrongly_suppressed_interval),
        "missed_interval": list(found.missed_dead_interval),
    }


def _worst(evaluated: Sequence[Evaluated]) -> dict[str, Any]:
    """Return, for each classifier, the scenarios in which it is the furthest behind ``code``."""
    names = dict.fromkeys(name for each in evaluated for name in each.errors if name != CODE)
    return {name: {"missed": _most_missed(evaluated, name), "lost": _most_lost(evaluated, name)} for name in names}


def _most_missed(evaluated: Iterable[Evaluated], name: str) -> dict[str, Any]:
    above = [
        (each.errors[name].missed_dead_rate - each.errors[CODE].missed_dead_rate, each.name)
        for each in evaluated
        if each.errors[name].gone
    ]
    points, scenario = max(above, default=(0.0, ""))
    far = sum(share > FAR_ABOVE for share, _ in above)
    return {"above_code": round(points, 6), "scenario": scenario, "scenarios_far_above": far}


def _most_lost(evaluated: Iterable[Evaluated], name: str) -> dict[str, Any]:
    more = [
        (each.errors[name].wrongly_suppressed - each.errors[CODE].wrongly_suppressed, each.name) for each in evaluated
    ]
    most, scenario = max(more, default=(0, ""))
    return {"more_than_code": most, "scenario": scenario, "scenarios_with_more": sum(count > 0 for count, _ in more)}


def _frontier(total: Evaluated) -> list[dict[str, Any]]:
    """Return what each classifier and each policy loses and keeps, and the prices at which it is the cheapest.

    A price is that of one of the living who is lost, in messages to the gone who are kept. The same classifier with
    other weights (HELD_OUT) is no choice that a sender has.
    """
    of_all = {name: errors for name, errors in (total.errors | total.policy_errors).items() if name != HELD_OUT}
    points = [
        Point(name, errors.wrongly_suppressed, errors.missed_dead, total.retests if is_retested(name) else 0)
        for name, errors in of_all.items()
    ]
    winners = frontier(points)
    ends = [*(winner.above for winner in winners[1:]), None]
    prices = {name: (winner.above, end) for winner, end in zip(winners, ends, strict=True) for name in winner.ways}
    return [
        {
            "name": point.way,
            "policy": point.way in total.policy_errors,
            "living": of_all[point.way].alive,
            "lost": point.lost,
            "gone": of_all[point.way].gone,
            "kept": point.kept,
            "retests": point.retests,
            "cheapest": prices.get(point.way),
            "dominated_by": [other.way for other in points if dominates(other, point)],
        }
        for point in points
    ]


def _by_persona(evaluated: Iterable[Evaluated]) -> dict[str, Any]:
    found: dict[str, list[int]] = {}
    for each in evaluated:
        for persona, (by_code, by_context) in each.by_persona.items():
            counts = found.setdefault(persona, [0, 0])
            counts[0] += by_code
            counts[1] += by_context
    return {
        persona: {"code": code, "context": own, "fewer": round(1 - own / code, 4) if code else None}
        for persona, (code, own) in sorted(found.items())
    }


def _calibrations(evaluated: Sequence[Evaluated]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the reliability of each classifier that gives probabilities to recipients that bounced."""
    for name in dict.fromkeys(name for each in evaluated for name in each.probabilities):
        counted = Probabilities()
        for each in evaluated:
            if name in each.probabilities:
                counted.merge(each.probabilities[name])
        found = counted.calibration(places=4)
        if found is not None:
            bins = [{"cases": each.cases, "said": each.said, "alive": each.true} for each in found.bins]
            yield name, {"cases": found.cases, "brier": found.brier, "bins": bins}
