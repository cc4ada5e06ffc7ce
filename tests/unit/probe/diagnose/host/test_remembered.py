"""What the answers of an earlier call say."""

from __future__ import annotations

import pytest
from diagnosing import REFUSAL, replied

from fake_gateways.smtp.envelope import Stage
from probe.diagnose.diagnosis import Observed
from probe.diagnose.host.remembered import AS_IS, remembered, wait_for_greylist_s
from probe.records.attempt import Failure
from probe.sender.transaction import Result

TAKEN = replied(250, "2.1.5", "ok")
DEFERRED = replied(451, "4.7.1", "Greylisted")
CUT = Result(Stage.EHLO, failure=Failure.LINE_CUT, text="closed by the other side")


def heard(*results: tuple[str, Result]) -> tuple[Result | None, float, list[tuple[str, float]]]:
    """Return the result and time of the first refusal, and names and times of the experiments after it."""
    found = remembered([(name, Observed(result, float(at))) for at, (name, result) in enumerate(results)])
    first = found.first or Observed(TAKEN, -1.0)
    return found.first and first.result, first.at, [(each.name, observed.at) for each, observed in found.earlier]


def test_nothing_is_remembered_of_nothing() -> None:
    assert heard() == (None, -1.0, [])


def test_experiments_follow_the_refusal() -> None:
    assert heard((AS_IS, REFUSAL), ("control", TAKEN)) == (REFUSAL, 0.0, [("control", 1.0)])


def test_a_failed_dialogue_is_a_refusal_too() -> None:
    assert heard((AS_IS, CUT)) == (CUT, 0.0, [])


def test_the_last_answer_before_any_experiment_counts() -> None:
    assert heard((AS_IS, DEFERRED), (AS_IS, DEFERRED), (AS_IS, REFUSAL)) == (REFUSAL, 2.0, [])


def test_a_later_call_asks_again_and_only_the_last_time_counts() -> None:
    asked = [(AS_IS, REFUSAL), ("control", TAKEN), (AS_IS, REFUSAL), ("neighbour", TAKEN), (AS_IS, REFUSAL)]
    assert heard(*asked) == (REFUSAL, 0.0, [("control", 1.0), ("neighbour", 3.0), ("again", 4.0)])


def test_what_was_accepted_since_begins_anew() -> None:
    asked = [(AS_IS, REFUSAL), ("control", TAKEN), (AS_IS, TAKEN)]
    assert heard(*asked) == (None, -1.0, [])
    assert heard(*asked, (AS_IS, REFUSAL)) == (REFUSAL, 3.0, [])


def test_experiments_that_are_no_more_and_those_without_refusal_are_left_out() -> None:
    assert heard(("control", TAKEN), (AS_IS, REFUSAL), ("of-an-older-version", TAKEN)) == (REFUSAL, 1.0, [])


@pytest.mark.parametrize(
    ("tries", "left_s", "waits_s"),
    [(1, 600.0, 60.0), (2, 540.0, 300.0), (2, 100.0, 100.0), (3, 9e9, 900.0), (7, 9e9, 900.0), (1, 0.0, None)],
)
def test_greylists_are_waited_for(tries: int, left_s: float, waits_s: float | None) -> None:
    assert wait_for_greylist_s(tries, left_s) == waits_s
