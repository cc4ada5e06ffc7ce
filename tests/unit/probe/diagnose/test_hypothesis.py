"""Which hypotheses make sense."""

from __future__ import annotations

from fake_gateways.truth import Cause
from probe.diagnose.hypothesis import HYPOTHESES, Hypothesis, told_apart


def test_the_gone_are_not_alive_and_others_may_be_both() -> None:
    assert Hypothesis(Cause.USER_UNKNOWN, alive=True) not in HYPOTHESES
    assert Hypothesis(Cause.MAILBOX_FULL, alive=False) not in HYPOTHESES
    assert {Hypothesis(Cause.VELOCITY, alive=True), Hypothesis(Cause.VELOCITY, alive=False)} <= set(HYPOTHESES)
    assert all(each.cause is not Cause.UNKNOWN for each in HYPOTHESES)


def test_in_which_way_a_mailbox_is_gone_makes_no_difference() -> None:
    assert told_apart(Cause.MAILBOX_DISABLED) is told_apart(Cause.USER_UNKNOWN)
    assert told_apart(Cause.MAILBOX_FULL) is not told_apart(Cause.USER_UNKNOWN)
    assert told_apart(Cause.VELOCITY) is Cause.VELOCITY
