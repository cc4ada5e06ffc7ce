"""Intervals of the share in the inbox: exact for one provider, wider the more alike seeds may be for several."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.placement.share import Seeds, interval, interval_of_one, log_likelihood

SOME = st.builds(
    lambda all_, share: Seeds(round(all_ * share), all_), st.integers(1, 12), st.floats(0.0, 1.0, allow_nan=False)
)


@pytest.mark.parametrize(
    ("inbox", "seeds", "low", "high"),
    [(0, 4, 0.0, 0.6024), (4, 4, 0.3976, 1.0), (8, 10, 0.4439, 0.9748), (0, 1000, 0.0, 0.0037), (1, 2, 0.0126, 0.9874)],
)
def test_the_interval_of_one_provider_is_that_of_clopper_and_pearson(
    inbox: int, seeds: int, low: float, high: float
) -> None:
    assert interval_of_one(Seeds(inbox, seeds)) == pytest.approx((low, high), abs=5e-5)


def test_without_seeds_nothing_is_known() -> None:
    assert interval([]) == interval([Seeds(0, 0)]) == (0.0, 1.0)


@given(st.lists(SOME, min_size=1, max_size=6))
def test_the_interval_holds_the_share_of_the_seeds_or_comes_near_it(providers: list[Seeds]) -> None:
    low, high = interval(providers)
    share = sum(each.inbox for each in providers) / sum(each.all for each in providers)
    assert 0.0 <= low <= high <= 1.0
    # A prior draws the interval a little towards the middle where there are very few seeds.
    assert low - 0.35 <= share <= high + 0.35


@given(st.lists(SOME, min_size=1, max_size=5))
def test_junk_and_inbox_are_mirrored(providers: list[Seeds]) -> None:
    low, high = interval(providers)
    mirrored = interval(Seeds(each.all - each.inbox, each.all) for each in providers)
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((low, high), abs=1e-9)


def test_seeds_at_many_providers_tell_more_than_as_many_at_few() -> None:
    few, many = interval([Seeds(8, 8)] * 3), interval([Seeds(1, 1)] * 24)
    assert few.low < many.low
    assert few.high == many.high == 1.0


def test_providers_that_differ_tell_less_than_providers_alike() -> None:
    differing, alike = interval([Seeds(4, 4), Seeds(0, 4)] * 3), interval([Seeds(2, 4)] * 6)
    assert differing.low < alike.low < 0.5 < alike.high < differing.high


def test_the_interval_does_not_depend_on_the_order_and_seldom_on_the_form_of_a_product() -> None:
    some = [Seeds(3, 4), Seeds(39, 40), Seeds(0, 2)]
    assert interval(some) == interval(reversed(some))
    slowly = sum(math.log(0.9 * 0.8 + 0.2 * number) for number in range(40))
    slowly -= sum(math.log(0.8 + 0.2 * number) for number in range(40))
    assert log_likelihood(Seeds(40, 40), 0.9, 0.2) == pytest.approx(slowly)


def test_seeds_that_have_nothing_in_common_are_binomial() -> None:
    assert log_likelihood(Seeds(3, 4), 0.8, 0.0) == pytest.approx(3 * math.log(0.8) + math.log(0.2))
