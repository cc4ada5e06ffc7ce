"""The summary of an evaluation: sums beside means, the worst scenarios, the frontier, families, reliability."""

from __future__ import annotations

import json
from typing import Any

import pytest

from probe.judge.calibration import Probabilities
from probe.judge.errors import ErrorCounts
from probe.studies.evaluate.figures import CONTEXT, HELD_OUT, Evaluated, retested
from probe.studies.evaluate.summary import summary

RETESTED = retested(CONTEXT)


def scenario(name: str, *, lies: bool = True, family: str = "", **errors: tuple[int, int, int, int]) -> Evaluated:
    """Return a scenario's counts: alive, suppressed, gone and kept of each classifier."""
    found = Evaluated(name, lies, family)
    found.errors = {key.replace("_retested", ", retested"): ErrorCounts(*each) for key, each in errors.items()}
    found.errors[HELD_OUT] = ErrorCounts(1, 0, 1, 1)
    return found


BIG = scenario(
    "big", code=(1000, 100, 100, 10), code_retested=(1000, 40, 100, 20), context_retested=(1000, 10, 100, 15)
)
SMALL = scenario("small", code=(10, 0, 10, 0), code_retested=(10, 0, 10, 0), context_retested=(10, 1, 10, 5))
EMPTY = scenario("empty", code=(10, 5, 0, 0), code_retested=(10, 0, 0, 0), context_retested=(10, 0, 0, 0))


def test_scenarios_with_lies_and_without_are_added_up_separately() -> None:
    honest = scenario(
        "honest", lies=False, code=(50, 3, 5, 1), code_retested=(50, 2, 5, 1), context_retested=(50, 0, 5, 1)
    )
    figures = summary([BIG, SMALL, honest])
    json.dumps(figures)
    assert figures["with_lies"]["code"]["suppressed"] == 100
    assert figures["without_lies"]["code"]["suppressed"] == 3
    assert list(figures["scenarios"]) == ["big", "small", "honest"]
    assert figures["families"] == {}


def test_sums_stand_beside_means_in_which_each_scenario_counts_alike() -> None:
    found = summary([BIG, SMALL, EMPTY])["with_lies"][RETESTED]
    assert (found["living"], found["suppressed"], found["gone"], found["missed"]) == (1020, 11, 110, 20)
    assert found["mean_suppressed"] == round((0.01 + 0.1 + 0) / 3, 6)
    assert found["mean_missed"] == round((0.15 + 0.5) / 2, 6)
    assert found["fewer_than_code"] == round(1 - 11 / 105, 4)
    assert found["fewer_than_code_retested"] == round(1 - 11 / 40, 4)


def test_what_is_not_there_has_no_mean_and_nothing_to_be_less_than() -> None:
    found = summary([scenario("none", code=(0, 0, 0, 0))])["with_lies"]["code"]
    assert (found["mean_suppressed"], found["mean_missed"]) == (None, None)
    assert (found["fewer_than_code"], found["fewer_than_code_retested"]) == (None, None)


def test_the_worst_scenario_of_each_classifier_is_named() -> None:
    found = summary([BIG, SMALL, EMPTY])["worst"]
    assert "code" not in found
    assert found[RETESTED] == {
        "missed": {"above_code": 0.5, "scenario": "small", "scenarios_far_above": 1},
        "lost": {"more_than_code": 1, "scenario": "small", "scenarios_with_more": 1},
    }
    assert found["code, retested"] == {
        "missed": {"above_code": 0.1, "scenario": "big", "scenarios_far_above": 0},
        "lost": {"more_than_code": 0, "scenario": "small", "scenarios_with_more": 0},
    }


def by_name(figures: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the points of the frontier by name."""
    return {each["name"]: each for each in figures["frontier"]}


def test_the_frontier_has_policies_too_and_says_at_which_price_each_is_the_cheapest() -> None:
    one = scenario("one", code=(1000, 100, 100, 10), context_retested=(1000, 10, 100, 28))
    one.errors["always-keep"] = ErrorCounts(1000, 0, 100, 100)
    one.policy_errors = {"second-hard": ErrorCounts(1000, 100, 100, 30), "first-hard": ErrorCounts(1000, 100, 100, 10)}
    one.retests = 50
    found = by_name(summary([one]))
    assert HELD_OUT not in found
    assert {name: each["cheapest"] for name, each in found.items()} == {
        "code": (0.0, 0.2),
        "first-hard": (0.0, 0.2),
        "context, retested": (0.2, 7.2),
        "always-keep": (7.2, None),
        "second-hard": None,
    }
    assert (found["code"]["retests"], found[RETESTED]["retests"]) == (0, 50)
    assert [name for name, each in found.items() if each["policy"]] == ["second-hard", "first-hard"]
    # The retested one is better in both, but takes more messages.
    assert found["second-hard"]["dominated_by"] == ["code", "first-hard"]


def test_drawn_scenarios_are_added_up_by_family() -> None:
    one, two = (scenario(name, family="quota", code=(10, 1, 5, 2)) for name in ("quota-1", "quota-2"))
    for each in (one, two):
        each.remaining = {RETESTED: {"content": ErrorCounts(10, 1, 0, 0)}}
        each.retests, each.retests_of_gone = 3, 1
    two.remaining["code, retested"] = {"velocity": ErrorCounts(0, 0, 5, 2)}
    found = summary([one, two, scenario("other-3", family="other", code=(1, 0, 0, 0))])["families"]
    assert list(found) == ["quota", "other"]
    assert found["quota"]["classifiers"]["code"]["suppressed"] == 2
    assert (found["quota"]["retests"], found["quota"]["retests_of_gone"]) == (6, 2)
    assert found["quota"]["left"] == {
        "content": {RETESTED: {"suppressed": 2, "missed": 0}, "code, retested": {"suppressed": 0, "missed": 0}},
        "velocity": {RETESTED: {"suppressed": 0, "missed": 0}, "code, retested": {"suppressed": 0, "missed": 2}},
    }


def test_families_without_a_fit_are_added_up_by_themselves() -> None:
    fitted, reserved = (scenario(name, family=name, code=(10, 1, 5, 2)) for name in ("quota", "office"))
    reserved.is_reserved = True
    found = summary([fitted, reserved])
    assert (found["reserved"]["code"]["suppressed"], found["with_lies"]["code"]["suppressed"]) == (1, 2)
    assert summary([fitted])["reserved"] == {}


def test_vendors_are_added_up_over_the_scenarios_with_lies() -> None:
    big, small = scenario("big", code=(1, 0, 0, 0)), scenario("small", code=(1, 0, 0, 0))
    honest = scenario("honest", lies=False, code=(1, 0, 0, 0))
    for each, by_code in ((big, 20), (small, 30), (honest, 5)):
        each.by_persona = {"cisco-esa": (by_code, by_code // 10), "exim": (0, 0)}
    assert summary([big, small, honest])["held_out"] == {
        "cisco-esa": {"code": 50, "context": 5, "fewer": 0.9},
        "exim": {"code": 0, "context": 0, "fewer": None},
    }


@pytest.mark.parametrize("times", [1, 2])
def test_reliability_is_that_of_all_scenarios_and_of_classifiers_that_give_probabilities(times: int) -> None:
    scenarios = [scenario(str(number), code=(1, 0, 0, 0)) for number in range(times)]
    for each in scenarios:
        each.probabilities = {"code": Probabilities(), CONTEXT: Probabilities()}
        for number in range(100):
            each.probabilities[CONTEXT].count(0.99, true=number < 98)
    found = summary([*scenarios, scenario("without", code=(1, 0, 0, 0))])["calibration"]
    assert found == {
        CONTEXT: {
            "cases": 100 * times,
            "brier": 0.0197,
            "bins": [{"cases": 100 * times, "said": 0.99, "alive": 0.98}],
        }
    }
