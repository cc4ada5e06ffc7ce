"""The rates of a scorecard are worked out again: another denominator, and an interval of another kind, are noticed."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from fake_gateways.truth import Cause
from probe.classify.reading import Advice, Reading
from probe.judge.classifier_score import ClassifierTally, Facts
from simulation.laws.rates import rates, share

ALIVE, GONE = 9, 6


def score(**changed: Any) -> dict[str, Any]:
    """Return the score of a classifier that suppresses two of the living, and four of the gone."""
    tally = ClassifierTally()
    for number in range(ALIVE + GONE):
        alive = number < ALIVE
        suppressed = number < 2 or number >= ALIVE + 2
        facts = Facts(alive, not alive, "acme", "none" if alive else "user-unknown", "rcpt", 1)
        reading = Reading(Cause.USER_UNKNOWN, Advice.SUPPRESS) if suppressed else Reading(None)
        tally.count(facts, reading)
    return dataclasses.asdict(tally.score({}, by_day=False)) | changed


def wrong(given: dict[str, Any]) -> list[str]:
    """Return what does not agree."""
    return [what for what, counted, shown in rates(given, ALIVE, GONE) if counted != shown]


def test_a_score_agrees_with_itself() -> None:
    assert wrong(score()) == []
    assert len(list(rates(score(), ALIVE, GONE))) > 100


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("recall", 4 / ALIVE),
        ("precision", 4 / ALIVE),
        ("f1", 0.5),
        ("missed_dead_rate", 2 / ALIVE),
        ("wrongly_suppressed_rate", 2 / GONE),
    ],
)
def test_a_rate_of_other_counts_is_noticed(figure: str, value: float) -> None:
    assert wrong(score(**{figure: value})) == [figure]


def test_an_interval_that_is_not_wilsons_is_noticed() -> None:
    normal = 4 / GONE - 1.96 * (4 / GONE * 2 / GONE / GONE) ** 0.5
    low, high = score()["recall_interval"]
    assert wrong(score(recall_interval=(normal, high))) == ["distance of an end of recall_interval from its share"]
    assert wrong(score(recall_interval=(low, 1.0))) == ["distance of an end of recall_interval from its share"]


def test_a_class_and_a_part_that_do_not_add_up_are_noticed() -> None:
    given = score()
    given["causes"]["user-unknown"]["recall"] = 0.1
    given["causes"]["none"]["hits"] += 1
    given["parts"]["gateway"]["acme"]["gone"] += 1
    assert {"recall of user-unknown", "hits of none", "gone by gateway"} <= set(wrong(given))


def test_without_any_case_there_is_nothing_to_divide() -> None:
    empty = dataclasses.asdict(ClassifierTally().score({}, by_day=False))
    assert [what for what, counted, shown in rates(empty, 0, 0) if counted != shown] == []
    assert share("rate", 0, 0, {"rate": 0.0}) == ("rate", 0.0, 0.0)
