"""What an evaluation counts of each scenario, and the figures made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fake_gateways.truth import Cause, Fault
from probe.classify.reading import Reading
from probe.judge.calibration import Probabilities
from probe.judge.errors import ErrorCounts, is_error
from probe.judge.story import Key, Story

CONTEXT: Final = "context"
RETESTED: Final = "context, retested"
HELD_OUT: Final = "context, vendor held out"
"""``context`` with weights that were fitted without the vendor of the recipient's gateway."""


@dataclass
class EvaluationErrors(ErrorCounts):
    """The errors of a classifier, some of them counted again.

    ``missed_though_told`` are missed although the last refusal was about the recipient; ``worse_than_code`` are errors
    that the classifier ``code`` does not make.
    """

    missed_though_told: int = 0
    worse_than_code: int = 0


@dataclass
class Evaluated:
    """What one scenario came to. ``lies`` says whether its gateways disguise any refusal.

    ``by_persona`` has for each vendor the living that ``code`` suppresses, and those that ``context`` suppresses with
    weights fitted without the vendor. ``probabilities`` are those of being alive, by classifier. ``remaining`` are the
    errors after a further test, by the true cause of the last refusal.
    """

    name: str
    lies: bool
    errors: dict[str, EvaluationErrors] = field(default_factory=dict)
    by_persona: dict[str, tuple[int, int]] = field(default_factory=dict)
    probabilities: dict[str, Probabilities] = field(default_factory=dict)
    further_attempts: int = 0
    remaining: dict[str, ErrorCounts] = field(default_factory=dict)


def count_errors(
    stories: Mapping[Key, Story], readings: Mapping[Key, Reading], code: Mapping[Key, Reading]
) -> EvaluationErrors:
    """Count a classifier's errors; a missing reading counts as keep."""
    found = EvaluationErrors()
    for key, story in stories.items():
        alive = story.mailbox.alive
        suppressed = key in readings and readings[key].suppress
        found.count(alive=alive, suppressed=suppressed)
        if is_error(alive=alive, suppressed=suppressed):
            found.missed_though_told += not alive and _was_told(story)
            found.worse_than_code += not is_error(alive=alive, suppressed=code[key].suppress)
    return found


def remaining_errors(stories: Mapping[Key, Story], readings: Mapping[Key, Reading]) -> dict[str, ErrorCounts]:
    """Count a classifier's errors by the true cause of the last refusal, ``none`` where no gateway refused.

    Causes without errors are left out.
    """
    found: dict[str, ErrorCounts] = {}
    for key, story in stories.items():
        cause = (None if story.truth is None else story.truth.cause) or "none"
        found.setdefault(cause, ErrorCounts()).count(alive=story.mailbox.alive, suppressed=readings[key].suppress)
    return {cause: each for cause, each in sorted(found.items()) if each.wrongly_suppressed or each.missed_dead}


def probabilities(stories: Mapping[Key, Story], readings: Mapping[Key, Reading]) -> Probabilities:
    """Count the probabilities of being alive that a classifier gives."""
    found = Probabilities()
    for key, story in stories.items():
        said = readings[key].alive
        if said is not None:
            found.count(said, true=story.mailbox.alive)
    return found


def _was_told(story: Story) -> bool:
    """Whether the last decision was about the recipient, so that a classifier could have known."""
    cause = None if story.truth is None else story.truth.cause
    return story.evidence.bounced and cause is not None and Cause(cause).fault is Fault.RECIPIENT


def summary(evaluated: Sequence[Evaluated]) -> dict[str, Any]:
    """Return all figures as ``evaluate --json`` prints them (schema 1)."""
    lying = [each for each in evaluated if each.lies]
    honest = [each for each in evaluated if not each.lies]
    return {
        "schema": 1,
        "scenarios": {each.name: _of_scenario(each) for each in evaluated},
        "with_lies": _total(lying),
        "without_lies": _total(honest),
        "held_out": _by_persona(lying),
        "calibration": {name: _calibration(evaluated, name) for name in (CONTEXT, RETESTED)},
    }


def _of_scenario(each: Evaluated) -> dict[str, Any]:
    return {
        "lies": each.lies,
        "further_attempts": each.further_attempts,
        "left": {
            cause: {"suppressed": wrong.wrongly_suppressed, "missed": wrong.missed_dead}
            for cause, wrong in each.remaining.items()
        },
        "classifiers": {name: _as_dict(found) for name, found in each.errors.items()},
    }


def _total(evaluated: Iterable[Evaluated]) -> dict[str, Any]:
    found: dict[str, EvaluationErrors] = {}
    for each in evaluated:
        for name, errors in each.errors.items():
            found[name] = found.get(name, EvaluationErrors()) + errors
    by_code = found["code"].wrongly_suppressed if found else 0
    return {
        name: {
            **_as_dict(errors),
            "fewer_than_code": round(1 - errors.wrongly_suppressed / by_code, 4) if by_code else None,
        }
        for name, errors in found.items()
    }


def _as_dict(found: EvaluationErrors) -> dict[str, Any]:
    return {
        "living": found.alive,
        "suppressed": found.wrongly_suppressed,
        "gone": found.gone,
        "missed": found.missed_dead,
        "missed_though_told": found.missed_though_told,
        "worse_than_code": found.worse_than_code,
        "suppressed_interval": list(found.wrongly_suppressed_interval),
        "missed_interval": list(found.missed_dead_interval),
    }


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


def _calibration(evaluated: Iterable[Evaluated], name: str) -> dict[str, Any]:
    counted = Probabilities()
    for each in evaluated:
        counted.merge(each.probabilities[name])
    found = counted.calibration(places=4)
    if found is None:
        return {"brier": None, "bins": []}
    bins = [{"cases": each.cases, "said": each.said, "alive": each.true} for each in found.bins]
    return {"brier": found.brier, "bins": bins}
