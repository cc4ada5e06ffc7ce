"""Gateways change while they are asked."""

from __future__ import annotations

import math

from diagnosing import SAME, TAKEN, pattern

from fake_gateways.truth import Cause
from probe.diagnose.phase import Phase, changes, likelihood_of_name, passes_after_s

FIRST = Phase.AS_AT_FIRST
PASSES = pattern(Cause.VELOCITY, alive=True, control=SAME, after_minutes=TAKEN, another_hour=TAKEN)
LASTS = pattern(Cause.SENDER_REJECTED, alive=True, control=SAME, after_minutes=SAME, another_hour=SAME)
GONE = pattern(Cause.USER_UNKNOWN, alive=False, control=TAKEN, after_minutes=SAME)


def test_a_limit_passes_and_a_mailbox_that_is_gone_does_not_come_back() -> None:
    soon, late = (changes(PASSES, FIRST, wait_s)[Phase.HAS_PASSED] for wait_s in (0.0, 300.0))
    assert late > soon > changes(LASTS, FIRST, 300.0)[Phase.HAS_PASSED]
    assert Phase.HAS_PASSED not in changes(GONE, FIRST, 300.0)
    assert all(sum(changes(each, FIRST, 1e6).values()) < 1 for each in (PASSES, LASTS, GONE))


def test_what_has_passed_may_be_followed_by_something_else_and_a_block_ends_by_itself() -> None:
    assert set(changes(PASSES, Phase.HAS_PASSED, 0.0)) == {Phase.REFUSES_ALL, Phase.GREYLISTS}
    assert changes(PASSES, Phase.BLOCKS_US, 0.0) == changes(PASSES, Phase.REFUSES_ALL, 0.0) == {}


def test_what_was_taken_after_a_time_has_passed_after_it() -> None:
    assert (passes_after_s(PASSES), passes_after_s(LASTS)) == (1200.0, math.inf)


def test_who_names_a_block_probably_blocks_us() -> None:
    named = {phase: likelihood_of_name(phase, Cause.CONTENT, "velocity") for phase in Phase}
    assert max(named, key=lambda phase: named[phase]) is Phase.BLOCKS_US
    assert likelihood_of_name(Phase.GREYLISTS, Cause.CONTENT, "greylisted") > 0.3
    assert likelihood_of_name(Phase.AS_AT_FIRST, Cause.GREYLISTED, "greylisted") > 0.3
    # What a refusal for the content says of the content tells nothing here.
    assert likelihood_of_name(Phase.AS_AT_FIRST, Cause.CONTENT, "content") > 0.9
