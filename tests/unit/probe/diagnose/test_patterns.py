"""Patterns are counted, written and read."""

from __future__ import annotations

from diagnosing import KNOWN, SAME, TAKEN, pattern

from fake_gateways import persona
from fake_gateways.truth import Cause
from probe.diagnose.conditions import Depth
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.patterns import FIRST, Patterns, read, shipped, written


def test_what_is_written_is_read_again() -> None:
    assert set(map(str, read(written(KNOWN.known, EXPERIMENTS)))) == set(map(str, KNOWN.known))


def test_equal_patterns_are_counted_and_the_most_frequent_comes_first() -> None:
    rare = pattern(Cause.VELOCITY, alive=True, control=TAKEN)
    often = pattern(Cause.VELOCITY, alive=True, control=SAME, times=2)
    found = list(read(written([rare, often, often], EXPERIMENTS)))
    assert [(each.times, each.shows["control"]) for each in found] == [(4, SAME), (1, TAKEN)]


def test_outcomes_are_those_of_all_patterns() -> None:
    assert KNOWN.outcomes["control"] == tuple(sorted((SAME, TAKEN)))
    assert len(KNOWN.at(Depth.RCPT)) == 4
    assert KNOWN.at(Depth.CONTENT) == []


def test_words_are_counted_by_cause() -> None:
    rare = pattern(Cause.VELOCITY, alive=True, control=TAKEN)._replace(shows={"words": "velocity"})
    often = pattern(Cause.VELOCITY, alive=True, control=SAME, times=2)
    assert Patterns((rare, often)).seen("words") == {Cause.VELOCITY: {"velocity": 1, "user-unknown": 2}}
    assert KNOWN.seen("history") == {}


def test_the_shipped_patterns_know_every_cause_that_a_gateway_can_have_and_no_name_of_a_vendor() -> None:
    patterns = shipped()
    assert len({each.hypothesis.cause for each in patterns.known}) >= 15
    assert all(each.shows[FIRST] for each in patterns.known)
    shown = {outcome for each in patterns.known for outcome in each.shows.values()}
    assert [name for name in persona.names() if any(name in outcome for outcome in shown)] == []
    assert set(patterns.outcomes) - {"first", "words", "history"} <= set(EXPERIMENTS)


def test_a_cause_can_be_left_out() -> None:
    left = KNOWN.without(Cause.GREYLISTED)
    assert {each.hypothesis.cause for each in left.known} == {Cause.USER_UNKNOWN, Cause.IP_REPUTATION}


def test_what_is_refused_for_good_and_deferred_in_between_was_disturbed() -> None:
    assert pattern(Cause.IP_REPUTATION, alive=True, control=SAME).is_steady
    assert not pattern(Cause.IP_REPUTATION, alive=True, control="deferred at rcpt").is_steady
    assert pattern(Cause.GREYLISTED, alive=True, control="deferred at rcpt").is_steady
