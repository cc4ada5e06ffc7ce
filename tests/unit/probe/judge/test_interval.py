"""Wilson's score interval against published values, its closed forms and the equation it solves."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from probe.judge.interval import Z, interval, share, wilson

counts = st.integers(1, 5000).flatmap(lambda cases: st.tuples(st.integers(0, cases), st.just(cases)))


@pytest.mark.parametrize(
    ("hits", "cases", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        # By hand: share 1/2, z^2 = 3.841459; 0.5 -/+ 1.959964 * sqrt(0.25/4 + 3.841459/64) / (1 + 3.841459/4).
        (2, 4, 0.1500, 0.8500),
    ],
)
def test_the_interval_is_the_published_one(hits: int, cases: int, low: float, high: float) -> None:
    assert wilson(hits, cases) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("cases", [1, 2, 7, 20, 10_000])
def test_no_hit_begins_at_exactly_zero_and_ends_at_the_closed_form(cases: int) -> None:
    low, high = wilson(0, cases)
    assert low == 0.0
    assert high == pytest.approx(Z**2 / (cases + Z**2))


@pytest.mark.parametrize("cases", [1, 2, 7, 20, 10_000])
def test_nothing_but_hits_ends_at_exactly_one_and_begins_at_the_closed_form(cases: int) -> None:
    low, high = wilson(cases, cases)
    assert low == pytest.approx(cases / (cases + Z**2))
    assert high == 1.0


def test_without_a_case_anything_is_possible() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@given(counts)
def test_the_interval_holds_the_share_and_stays_a_proportion(pair: tuple[int, int]) -> None:
    low, high = wilson(*pair)
    assert 0.0 <= low <= pair[0] / pair[1] <= high <= 1.0


@given(counts)
def test_hits_and_misses_mirror_each_other(pair: tuple[int, int]) -> None:
    hits, cases = pair
    low, high = wilson(hits, cases)
    assert wilson(cases - hits, cases) == pytest.approx((1 - high, 1 - low))


@given(counts)
def test_an_end_lies_z_standard_errors_of_its_own_from_the_share(pair: tuple[int, int]) -> None:
    hits, cases = pair
    for end in wilson(hits, cases):
        assert abs(hits / cases - end) == pytest.approx(Z * sqrt(end * (1 - end) / cases), abs=1e-6)


@given(counts)
def test_the_interval_is_the_one_of_statsmodels(pair: tuple[int, int]) -> None:
    assert wilson(*pair) == pytest.approx(proportion_confint(*pair, alpha=0.05, method="wilson"), abs=1e-12)


def test_shares_and_intervals_are_given_to_six_places() -> None:
    assert (share(1, 3), share(0, 0)) == (0.333333, 0.0)
    assert interval(1, 3) == tuple(round(end, 6) for end in wilson(1, 3))
    assert interval(0, 0) == (0.0, 1.0)
