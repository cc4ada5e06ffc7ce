"""Which experiment comes next, and when to stop."""

from __future__ import annotations

from diagnosing import KNOWN, SAME, TAKEN, UNKNOWN, pattern

from fake_gateways.truth import Cause
from probe.diagnose.belief import Belief
from probe.diagnose.choice import NOTHING, Budget, Stopped, choose, is_explained, knows_mailbox, left_of
from probe.diagnose.conditions import Depth
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.patterns import FIRST, Patterns

START = Belief.before(KNOWN, Depth.RCPT).told(FIRST, UNKNOWN)
ALL = list(EXPERIMENTS.values())


def test_the_cheapest_telling_experiment_comes_first() -> None:
    chosen = choose(START, ALL, 0, 0.0, Budget())
    assert chosen in {EXPERIMENTS["control"], EXPERIMENTS["neighbour"]}


def test_it_stops_when_cause_and_mailbox_are_known() -> None:
    sure = START
    for _ in range(3):
        sure = sure.observed(EXPERIMENTS["control"], SAME).observed(EXPERIMENTS["neighbour"], TAKEN)
    assert is_explained(sure)
    assert knows_mailbox(sure)
    assert choose(sure, ALL, 0, 0.0, Budget()) is Stopped.DECIDED


def test_it_stops_when_nothing_that_is_left_can_tell() -> None:
    assert choose(START, [EXPERIMENTS["again"]], 0, 0.0, Budget()) is Stopped.CANNOT_TELL
    assert choose(START, [], 0, 0.0, Budget()) is Stopped.CANNOT_TELL


def test_it_stops_when_the_budget_is_spent() -> None:
    assert choose(START, ALL, 0, 9.5, Budget(cost=10.0)) is Stopped.BUDGET
    assert choose(START, ALL, 3, 0.0, Budget(experiments=3)) is Stopped.BUDGET


def test_an_experiment_is_made_once_and_what_may_change_or_was_deferred_once_more() -> None:
    left = {each.name for each in left_of(ALL, ["again", "control", "neighbour", "signed"], {"neighbour"})}
    assert {"again", "control", "neighbour"} <= left
    assert "signed" not in left
    assert "neighbour" not in {each.name for each in left_of(ALL, ["neighbour"] * 2, {"neighbour"})}
    assert "control" not in {each.name for each in left_of(ALL, ["control", "control"])}


def test_it_may_stop_when_the_mailbox_is_known() -> None:
    alive = START.expecting(0.999, {})
    assert knows_mailbox(alive)
    assert not is_explained(alive)
    assert choose(alive, ALL, 0, 0.0, Budget(), of_cause=False) is Stopped.DECIDED


def test_a_dear_experiment_comes_first_if_it_is_needed_anyway() -> None:
    shows = (
        (Cause.SYSTEM, TAKEN, TAKEN),
        (Cause.VELOCITY, SAME, SAME),
        (Cause.IP_REPUTATION, SAME, "deferred at rcpt"),
    )
    belief = Belief.before(
        Patterns(
            tuple(
                pattern(cause, alive=True, beside_others=beside, later_in_connection=later)
                for cause, beside, later in shows
            )
        ),
        Depth.RCPT,
    )
    cheap, dear = EXPERIMENTS["beside-others"], EXPERIMENTS["later-in-connection"]
    worth = {each: belief.gain(each) / each.cost(Depth.RCPT) for each in (cheap, dear)}
    assert worth[cheap] > worth[dear] > worth[cheap] / 2
    assert choose(belief, ALL, 0, 0.0, Budget()) is dear


def test_a_budget_for_several_is_spent_on_one_after_the_other() -> None:
    usual, several = Budget(), Budget.of(40)
    assert several == Budget(cost=160.0, experiments=40)
    assert several.rest(0, 0.0) == usual
    assert several.rest(38, 140.0) == Budget(cost=20.0, experiments=2)
    assert not several.rest(39, 159.0).is_spent
    assert several.rest(40, 120.0).is_spent
    assert several.rest(30, 159.5).is_spent
    assert NOTHING.is_spent
