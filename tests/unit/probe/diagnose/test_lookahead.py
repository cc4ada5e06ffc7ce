"""A diagnosis is followed to its end before an experiment is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest
from diagnosing import SAME, TAKEN, pattern

from fake_gateways.truth import Cause
from probe.diagnose.belief import Belief
from probe.diagnose.conditions import Depth
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.hypothesis import Hypothesis
from probe.diagnose.lookahead import Lookahead
from probe.diagnose.patterns import Pattern, Patterns

DEFERRED: Final = "deferred at rcpt"
BESIDE, LATER, CONTROL = (EXPERIMENTS[name] for name in ("beside-others", "later-in-connection", "control"))
CHEAP, DEAR = BESIDE.cost(Depth.RCPT), LATER.cost(Depth.RCPT)
# The dear experiment tells all three apart; the cheap one tells one from the two others.
THREE: Final = (
    pattern(Cause.SYSTEM, alive=True, beside_others=TAKEN, later_in_connection=TAKEN),
    pattern(Cause.VELOCITY, alive=True, beside_others=SAME, later_in_connection=SAME),
    pattern(Cause.IP_REPUTATION, alive=True, beside_others=SAME, later_in_connection=DEFERRED),
)


def is_certain(believed: Mapping[Hypothesis, float]) -> bool:
    """Whether there is hardly a doubt."""
    return max(believed.values()) > 0.99


def lookahead(*patterns: Pattern) -> Lookahead:
    """Return a look ahead from before any reply."""
    return Lookahead(Belief.before(Patterns(patterns), Depth.RCPT), [BESIDE, LATER, CONTROL], 0.02, is_certain)


def test_what_follows_is_counted_too() -> None:
    found = lookahead(*THREE)
    assert found.cost(LATER) == pytest.approx(DEAR)
    assert found.cost(BESIDE) == pytest.approx(CHEAP + 2 / 3 * DEAR)


def test_an_experiment_that_tells_nothing_only_costs() -> None:
    assert lookahead(*THREE).cost(CONTROL) == pytest.approx(CONTROL.cost(Depth.RCPT) + CHEAP + 2 / 3 * DEAR)


def test_it_ends_where_nothing_that_is_left_can_tell() -> None:
    same = [each._replace(shows=THREE[1].shows) for each in THREE[1:]]
    assert lookahead(THREE[0], *same).cost(BESIDE) == pytest.approx(CHEAP)


def test_in_which_way_a_mailbox_is_gone_need_not_be_told() -> None:
    gone = [
        pattern(cause, alive=False, beside_others=TAKEN, later_in_connection=later)
        for cause, later in ((Cause.USER_UNKNOWN, SAME), (Cause.MAILBOX_DISABLED, TAKEN))
    ]
    assert lookahead(THREE[1], *gone).cost(BESIDE) == pytest.approx(CHEAP)


def test_patterns_that_do_not_say_what_is_shown_go_with_the_most() -> None:
    unsaid = pattern(Cause.GREYLISTED, alive=True, later_in_connection=TAKEN)
    # SYSTEM is known after it, and the three others need the dear one.
    assert lookahead(*THREE, unsaid).cost(BESIDE) == pytest.approx(CHEAP + 3 / 4 * DEAR)
