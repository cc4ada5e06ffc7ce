"""Which hypotheses make sense."""

from __future__ import annotations

from fake_gateways.truth import Cause
from probe.diagnose.hypothesis import HYPOTHESES, Hypothesis


def test_the_gone_are_not_alive_and_others_may_be_both() -> None:
    assert Hypothesis(Cause.USER_UNKNOWN, alive=True) not in HYPOTHESES
    assert Hypothesis(Cause.MAILBOX_FULL, alive=False) not in HYPOTHESES
    assert {Hypothesis(Cause.VELOCITY, alive=True), Hypothesis(Cause.VELOCITY, alive=False)} <= set(HYPOTHESES)
    assert all(each.cause is not Cause.UNKNOWN for each in HYPOTHESES)
    assert str(Hypothesis(Cause.VELOCITY, alive=True)) == "velocity alive"
