"""Replies change what is believed."""

from __future__ import annotations

import pytest
from diagnosing import KNOWN, SAME, TAKEN, UNKNOWN, pattern

from fake_gateways.truth import Cause
from probe.diagnose.belief import Belief
from probe.diagnose.conditions import Depth
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.hypothesis import Hypothesis
from probe.diagnose.patterns import FIRST, HISTORY, WORDS, Pattern, Patterns
from probe.diagnose.phase import Phase

CONTROL, NEIGHBOUR, RANDOM = (EXPERIMENTS[name] for name in ("control", "neighbour", "random-recipient"))
START = Belief.before(KNOWN, Depth.RCPT).told(FIRST, UNKNOWN).told(WORDS, "user-unknown")


def test_before_any_reply_every_cause_is_as_likely() -> None:
    causes = Belief.before(KNOWN, Depth.RCPT).causes()
    assert sorted(round(each, 6) for each in causes.values() if each) == [0.333333] * 3


def test_a_reply_makes_the_causes_that_expect_it_likelier() -> None:
    after = START.observed(CONTROL, TAKEN)
    assert next(iter(after.causes())) is Cause.USER_UNKNOWN
    assert after.alive < 0.1
    after = START.observed(CONTROL, SAME).observed(NEIGHBOUR, TAKEN)
    assert next(iter(after.causes())) is Cause.IP_REPUTATION
    assert after.alive > 0.95


def test_a_mailbox_behind_a_refusal_for_another_reason_may_be_gone() -> None:
    found = START.observed(CONTROL, SAME).observed(NEIGHBOUR, UNKNOWN).hypotheses()
    gone, alive = (found[Hypothesis(Cause.IP_REPUTATION, alive=alive)] for alive in (False, True))
    assert gone > 2 * alive


def test_probabilities_add_up_to_one() -> None:
    after = START.observed(CONTROL, SAME).aged(86_400.0).observed(NEIGHBOUR, TAKEN)
    assert sum(after.hypotheses().values()) == pytest.approx(1.0)
    assert sum(after.causes().values()) == pytest.approx(1.0)


def test_what_nobody_ever_showed_decides_nothing() -> None:
    assert START.observed(CONTROL, "silent at rcpt").causes() == pytest.approx(START.causes(), abs=0.05)


def test_a_telling_experiment_gains_more_than_one_that_always_shows_the_same() -> None:
    assert START.gain(CONTROL) > 0.5
    assert START.gain(EXPERIMENTS["again"]) == 0.0
    assert START.entropy > START.observed(CONTROL, TAKEN).entropy


def test_belief_in_an_old_reply_fades() -> None:
    sure = START.observed(CONTROL, TAKEN)
    week = sure.aged(7 * 86_400.0)
    assert sure.causes()[Cause.USER_UNKNOWN] > week.causes()[Cause.USER_UNKNOWN] > START.causes()[Cause.USER_UNKNOWN]


def test_a_control_that_was_taken_and_is_refused_now_means_a_block_of_our_making() -> None:
    after = START.observed(CONTROL, TAKEN)
    assert after.blocked < 0.05
    for _ in range(3):
        after = after.observed(RANDOM, SAME)
    after = after.observed(CONTROL, SAME)
    assert after.blocked > 0.5
    assert after.causes()[Cause.USER_UNKNOWN] > 0.5


def test_other_words_at_the_same_place_weigh_little() -> None:
    same, other = START.observed(CONTROL, SAME), START.observed(CONTROL, UNKNOWN)
    assert other.causes()[Cause.USER_UNKNOWN] < 0.3
    assert same.alive > other.alive > START.alive


def test_the_chances_of_the_outcomes_add_up_and_the_likeliest_comes_first() -> None:
    chances = Belief.before(KNOWN, Depth.RCPT).told(FIRST, UNKNOWN).chances(EXPERIMENTS["control"])
    assert sum(chances.values()) == pytest.approx(1.0)
    assert next(iter(chances)) == SAME


def test_a_block_of_our_making_ends() -> None:
    blocked = START.observed(CONTROL, TAKEN).observed(RANDOM, SAME).observed(CONTROL, SAME)
    assert blocked.aged(7200.0).blocked < blocked.blocked / 3


def test_what_has_passed_is_taken_from_then_on_and_greylists_begin_anew() -> None:
    minutes = EXPERIMENTS["after-minutes"]
    shows = {"control": SAME, "random_recipient": UNKNOWN, "again": SAME, "after_minutes": TAKEN}
    fast, greylist = (pattern(cause, alive=True, **shows) for cause in (Cause.VELOCITY, Cause.GREYLISTED))
    lasting = pattern(Cause.SYSTEM, alive=True, **shows | {"control": TAKEN, "after_minutes": SAME})
    start = Belief.before(Patterns((fast, greylist, lasting)), Depth.RCPT)
    passed = start.observed(minutes, TAKEN)
    assert passed.observed(CONTROL, TAKEN).causes()[Cause.VELOCITY] > 0.7
    assert passed.observed(CONTROL, SAME).causes()[Cause.GREYLISTED] > 0.7
    # Nobody knows what is said of a random recipient then.
    assert passed.observed(RANDOM, UNKNOWN).causes() == pytest.approx(passed.causes(), abs=0.1)
    # A new refusal begins a new time of waiting.
    again = passed.observed(EXPERIMENTS["again"], SAME)
    assert (passed.waited_s, again.waited_s) == (1200.0, 0.0)


def asked(belief: Belief, *answers: tuple[str, str]) -> Belief:
    """Return the belief after experiments by name, each a minute after the one before."""
    for name, outcome in answers:
        belief = belief.aged(60.0).later(EXPERIMENTS[name]).observed(EXPERIMENTS[name], outcome)
    return belief


LIMIT = pattern(
    Cause.VELOCITY, alive=True, again=SAME, control=SAME, neighbour=SAME, after_minutes=TAKEN, random_recipient=SAME
)
FAILING = pattern(Cause.SYSTEM, alive=True, again=TAKEN, control="closed at rcpt")
PASSING = Belief.before(
    Patterns((*(each._replace(shows={**each.shows, "again": SAME}) for each in KNOWN.known), LIMIT, FAILING)),
    Depth.RCPT,
).told(FIRST, UNKNOWN)


def test_a_refusal_that_has_passed_in_between_is_not_taken_for_a_mailbox_that_is_gone() -> None:
    taken = asked(PASSING, ("again", SAME), ("control", TAKEN))
    assert taken.become(Phase.HAS_PASSED) > 0.01
    assert asked(taken, ("again", TAKEN)).alive > 0.5
    assert asked(taken, ("again", SAME)).alive < taken.alive / 2


def test_a_gateway_that_begins_to_refuse_everybody_is_not_taken_for_a_block_of_our_making() -> None:
    asked_everywhere = [("control", TAKEN), ("control", "refused at rcpt"), ("neighbour", "refused at rcpt")]
    after = asked(START, *asked_everywhere)
    assert after.become(Phase.REFUSES_ALL, Phase.BLOCKS_US) > 0.2
    assert after.become(Phase.REFUSES_ALL) > asked(START, *asked_everywhere[:2]).become(Phase.REFUSES_ALL)


def test_a_greylist_that_begins_is_waited_out() -> None:
    deferred = asked(START, ("control", "deferred at rcpt"), ("neighbour", "deferred at rcpt"))
    assert deferred.become(Phase.GREYLISTS) > 0.05
    waited = EXPERIMENTS["control"].after(1200.0)
    taken = deferred.observed(waited, TAKEN)
    assert taken.alive < deferred.alive / 3
    # Whoever was not deferred before is new.
    assert deferred.observed(EXPERIMENTS["neighbour"], TAKEN).alive == pytest.approx(deferred.alive, abs=0.4)


def test_who_names_a_block_blocks_us() -> None:
    before = START.observed(CONTROL, TAKEN)
    named, unnamed = (before.observed(CONTROL, "refused at rcpt", said) for said in ("velocity", "policy"))
    assert named.blocked > 2 * unnamed.blocked
    assert START.observed(CONTROL, SAME, "velocity") == START.observed(CONTROL, SAME)


def test_without_a_reply_nothing_is_named() -> None:
    closing = pattern(Cause.SYSTEM, alive=True, control="closed at rcpt", neighbour="closed at rcpt")
    closing = closing._replace(shows={**closing.shows, FIRST: "closed at rcpt", WORDS: "closed"})
    start = Belief.before(Patterns((closing, *KNOWN.known)), Depth.RCPT).told(FIRST, "closed at rcpt")
    closed = start.told(WORDS, "closed")
    assert 0.5 < closed.causes()[Cause.SYSTEM] < 0.95
    assert closed.observed(NEIGHBOUR, TAKEN).causes()[Cause.IP_REPUTATION] > 0.5


def test_what_is_heard_of_a_cause_changes_the_others() -> None:
    after = START.by_cause({Cause.USER_UNKNOWN: 0.0, Cause.IP_REPUTATION: 1.0})
    assert after.causes()[Cause.USER_UNKNOWN] == 0.0
    assert sum(after.causes().values()) == pytest.approx(1.0)


def test_what_is_known_of_others_changes_what_is_expected() -> None:
    before = Belief.before(KNOWN, Depth.RCPT).told(FIRST, UNKNOWN)
    assert before.expecting(0.3, {}).alive == pytest.approx(0.3)
    known = before.expecting(0.9, {Cause.IP_REPUTATION: 10.0})
    assert known.alive == pytest.approx(0.9)
    assert known.causes()[Cause.IP_REPUTATION] > 0.9
    assert known.causes()[Cause.GREYLISTED] > 0
    assert known.hypotheses()[Hypothesis(Cause.IP_REPUTATION, alive=False)] > 0.02
    assert before.expecting(0.0, {}).alive == pytest.approx(0, abs=1e-9)


def test_what_cannot_be_does_not_count() -> None:
    first = {FIRST: "refused at content", "again": "alike"}
    patterns = Patterns(
        (
            Pattern(
                Hypothesis(Cause.CONTENT, alive=True), Depth.CONTENT, first | {"without-links": "taken at content"}
            ),
            Pattern(Hypothesis(Cause.VIRUS, alive=True), Depth.CONTENT, first | {"without-links": "alike"}),
            Pattern(Hypothesis(Cause.SYSTEM, alive=True), Depth.CONTENT, first),
            Pattern(
                Hypothesis(Cause.TLS_REQUIRED, alive=True), Depth.CONTENT, first | {"over-tls": "taken at content"}
            ),
        )
    )
    assert Belief.before(patterns, Depth.CONTENT).causes()[Cause.CONTENT] == 0.25
    assert Belief.before(patterns, Depth.CONTENT, {"links"}).causes()[Cause.CONTENT] == pytest.approx(1 / 3)
    often = Pattern(
        Hypothesis(Cause.VIRUS, alive=True), Depth.CONTENT, first | {"without-attachments": "taken at content"}, 3
    )
    without_files = Belief.before(Patterns((*patterns.known, often)), Depth.CONTENT, {"links"}).causes()
    assert without_files[Cause.VIRUS] == pytest.approx(without_files[Cause.CONTENT] / 4)
    plain = Belief.before(patterns, Depth.CONTENT, {"tls"})
    assert plain.causes()[Cause.CONTENT] == 0.0
    gone = pattern(Cause.TLS_REQUIRED, alive=False, again=SAME, over_tls=SAME)
    without_tls = Belief.before(Patterns((*KNOWN.known, gone)), Depth.RCPT, {"control"})
    assert without_tls.causes()[Cause.TLS_REQUIRED] == 0.0
    # A message without links is the same without them.
    linked = Belief.before(patterns, Depth.CONTENT, {"links"}).observed(EXPERIMENTS["without-links"], "alike").causes()
    assert linked[Cause.SYSTEM] == pytest.approx(linked[Cause.VIRUS])


def test_words_and_history_belong_to_the_cause_and_not_to_the_pattern() -> None:
    listed = {"control": SAME, "other_domain": SAME}
    patterns = Patterns(
        (
            pattern(Cause.IP_REPUTATION, alive=True, **listed, history="all refused alike"),
            pattern(Cause.IP_REPUTATION, alive=True, control=SAME, other_domain=TAKEN, history="nothing"),
            pattern(Cause.USER_UNKNOWN, alive=False, control=TAKEN, other_domain=SAME, history="taken until now"),
        )
    )
    start = Belief.before(patterns, Depth.RCPT).told(FIRST, UNKNOWN)
    listed_since = start.told(HISTORY, "all refused alike")
    assert listed_since.causes()[Cause.IP_REPUTATION] > 0.9
    assert listed_since.chances(EXPERIMENTS["other-domain"])[TAKEN] > 0.3
    assert start.told(HISTORY, "never seen").causes() == pytest.approx(start.causes(), abs=0.01)
