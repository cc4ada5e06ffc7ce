"""What experiments can tell: nothing where causes show the same."""

from __future__ import annotations

from diagnosing import KNOWN, SAME, TAKEN, UNKNOWN, pattern

from fake_gateways.truth import Cause
from probe.diagnose.patterns import Patterns
from probe.studies.diagnose.told import Told, told_by_all

LISTED = pattern(Cause.IP_REPUTATION, alive=True, control=SAME, neighbour=TAKEN, after_minutes=SAME)


def test_what_shows_something_else_can_be_told() -> None:
    assert told_by_all(LISTED, KNOWN).cause


def test_nobody_can_tell_causes_apart_that_show_the_same() -> None:
    same = [pattern(cause, alive=True, control=SAME) for cause in (Cause.VELOCITY, Cause.DIRECTORY_HARVEST)]
    assert not told_by_all(same[0], Patterns(tuple(same))).cause


def test_the_living_and_the_gone_behind_the_same_block_cannot_be_told_apart() -> None:
    same = [pattern(Cause.VELOCITY, alive=alive, control=SAME) for alive in (True, False)]
    assert told_by_all(same[0], Patterns(tuple(same))) == Told(cause=True, mailbox=False)


def test_what_is_told_may_be_wrong() -> None:
    gone = pattern(Cause.USER_UNKNOWN, alive=False, control=TAKEN)
    patterns = Patterns((gone, pattern(Cause.VELOCITY, alive=True, control=UNKNOWN)))
    disguised = pattern(Cause.MAILBOX_FULL, alive=True, control=TAKEN)
    assert told_by_all(disguised, patterns).cause
