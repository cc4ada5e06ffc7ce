"""What diagnoses cost at best."""

from __future__ import annotations

import random
from typing import Final

import pytest
from diagnosing import KNOWN, SAME, TAKEN, pattern

from fake_gateways.truth import Cause
from probe.diagnose.belief import Belief
from probe.diagnose.conditions import Depth
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.patterns import Patterns, shipped
from probe.studies.diagnose.optimum import Costs, Table, costs, drawn

# What the control shows says which other experiment settles it. Each of those costs the same.
_SETTLES: Final = {
    TAKEN: "neighbour",
    SAME: "other_domain",
    "deferred at rcpt": "other_name",
    "silent at rcpt": "again",
}
_CAUSES: Final = (
    (Cause.USER_UNKNOWN, Cause.MAILBOX_FULL), (Cause.IP_REPUTATION, Cause.SYSTEM),
    (Cause.SENDER_REJECTED, Cause.VELOCITY), (Cause.POLICY, Cause.TLS_REQUIRED),
)  # fmt: skip
BRANCHING: Final = Patterns(
    tuple(
        pattern(cause, alive=cause is not Cause.USER_UNKNOWN, **(dict.fromkeys(_SETTLES.values(), SAME) | shows))
        for pair, (control, settling) in zip(_CAUSES, _SETTLES.items(), strict=True)
        for cause, shows in zip(pair, ({"control": control, settling: TAKEN}, {"control": control}), strict=True)
    )
)


def test_the_shipped_choice_is_near_the_optimum_and_far_below_the_best_fixed_order() -> None:
    found = costs(BRANCHING, Depth.RCPT)
    assert found.optimal == pytest.approx(3.0)  # the control, then what settles it
    # Of 8 causes, one that settles another settles 1, the control then its sibling, and each of the others 2.
    assert found.fixed == pytest.approx(1.5 * (8 + 7 + 6 + 4 + 2) / 8)
    assert found.above_optimum <= 0.05
    assert found.below_fixed >= 0.4
    assert found.decided == pytest.approx(1.0)


def test_one_experiment_is_enough_if_it_settles_everything() -> None:
    found = costs(Patterns(KNOWN.known[:2]), Depth.RCPT)
    assert found[:4] == pytest.approx((1.5, 1.5, 1.5, 1.5))


def test_nothing_is_spent_where_nothing_can_be_told() -> None:
    alone = Patterns(
        tuple(
            pattern(cause, alive=True, control=SAME, neighbour=SAME) for cause in (Cause.SYSTEM, Cause.SENDER_REJECTED)
        )
    )
    found = costs(alone, Depth.RCPT)
    assert found == Costs(0.0, 0.0, 0.0, 0.0, 0.0)
    assert (found.above_optimum, found.below_fixed) == (0.0, 0.0)


def test_an_order_is_fixed_for_everybody_or_for_each_first_refusal() -> None:
    other = {"first": "refused at rcpt", "words": "policy"}
    settled_by = {
        "neighbour": {"control": SAME},
        "control": {"neighbour": SAME},
    }
    patterns = Patterns(
        tuple(
            each._replace(shows=dict(each.shows) | given)
            for given, (settling, rest) in zip(({}, other), settled_by.items(), strict=True)
            for each in (
                pattern(Cause.SYSTEM, alive=True, **rest, **{settling: SAME}),
                pattern(Cause.VELOCITY, alive=True, **rest, **{settling: TAKEN}),
            )
        )
    )
    found = costs(patterns, Depth.RCPT)
    assert found.fixed_by_reply == pytest.approx(1.5)
    assert found.fixed == pytest.approx(1.5 + 0.5 * 1.5)


def test_patterns_of_other_experiments_are_a_table_of_their_own() -> None:
    other = Patterns(
        tuple(
            pattern(cause, alive=True, over_tls=outcome)
            for cause, outcome in ((Cause.SYSTEM, SAME), (Cause.TLS_REQUIRED, TAKEN))
        )
    )
    both = costs(Patterns(KNOWN.known[:2] + other.known), Depth.RCPT)
    assert both.fixed == pytest.approx(1.5)


def test_with_noise_it_takes_longer_and_is_not_always_decided() -> None:
    exact, noisy = (costs(KNOWN, Depth.RCPT, noisy=noisy) for noisy in (False, True))
    assert exact.optimal < noisy.optimal <= noisy.shipped
    assert noisy.optimal <= noisy.fixed
    assert noisy.decided < exact.decided + 1e-9


def test_with_noise_the_replies_are_as_likely_as_the_belief_has_them() -> None:
    table, control = Table(Depth.RCPT, noisy=True), EXPERIMENTS["control"]
    after = table.after(table.state(Belief.before(KNOWN, Depth.RCPT), EXPERIMENTS.values()), control)
    assert sum(p for p, _ in after) == pytest.approx(1.0)
    assert all(sum(then.belief.weights.values()) == pytest.approx(1.0) for _, then in after)
    assert all(control not in then.left for _, then in after)


def test_patterns_are_drawn_that_begin_alike() -> None:
    some = drawn(shipped(), Depth.RCPT, 4, random.Random(1)).known
    assert len(some) == 4
    assert len({(each.shows["first"], each.shows["words"]) for each in some}) == 1
    names = set(some[0].shows) & set(EXPERIMENTS)
    assert 0 < len(names) <= 4
    assert all(len({each.shows[name] for each in some}) > 1 for name in names)
