"""Which way to decide is the cheapest at some price, from which price on, and which is dominated."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.judge.frontier import Point, dominates, frontier


def found(*points: Point[str]) -> list[tuple[tuple[str, ...], float]]:
    """Return the winners and their prices."""
    return [(each.ways, each.above) for each in frontier(points)]


def test_the_strict_the_middling_and_the_lenient_each_have_their_prices() -> None:
    # From 10 to 30 kept for 60 - 20 = 40 lost: half a message; from 30 to 90 for 20: three.
    assert found(Point("never", 0, 90), Point("first", 60, 10), Point("second", 20, 30)) == [
        (("first",), 0.0),
        (("second",), 0.5),
        (("never",), 3.0),
    ]


def test_who_is_worse_in_one_and_no_better_in_the_other_wins_at_no_price() -> None:
    assert found(Point("good", 5, 10), Point("worse", 5, 11), Point("also", 6, 10)) == [(("good",), 0.0)]


def test_who_is_beaten_at_every_price_by_one_of_two_others_wins_at_no_price() -> None:
    # At the price at which the two cost the same (1), both cost 50 and the middle one 60.
    assert found(Point("strict", 50, 0), Point("middle", 30, 30), Point("never", 0, 50)) == [
        (("strict",), 0.0),
        (("never",), 1.0),
    ]


def test_who_comes_to_the_same_is_named_together() -> None:
    assert found(Point("never", 0, 9), Point("three", 0, 9)) == [(("never", "three"), 0.0)]


def test_without_points_nobody_wins() -> None:
    assert found() == []


points = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12)


@given(points, st.fractions(0, 50))
def test_at_any_price_nothing_is_cheaper_than_the_winner_of_that_price(
    given_points: list[tuple[int, int]], price: Fraction
) -> None:
    every = [Point(point, *point) for point in given_points]
    lost, kept = [each for each in frontier(every) if each.above <= price][-1].ways[0]
    least = min(price * other_lost + other_kept for other_lost, other_kept in given_points)
    # Thresholds are floats, so beside one the neighbour may be taken, which there costs the same but for rounding.
    assert abs(price * lost + kept - least) < 1e-9


@pytest.mark.parametrize(
    ("one", "other", "does"),
    [
        (Point("one", 1, 1), Point("other", 2, 2), True),
        (Point("one", 1, 1), Point("other", 1, 2), True),
        (Point("one", 1, 1), Point("other", 1, 1), False),
        (Point("one", 1, 3), Point("other", 2, 2), False),
        (Point("one", 1, 1, retests=5), Point("other", 2, 2, retests=4), False),
        (Point("one", 1, 1, retests=4), Point("other", 1, 1, retests=5), False),
        (Point("one", 1, 1, retests=4), Point("other", 2, 1, retests=4), True),
    ],
)
def test_what_dominates_is_no_worse_in_anything_and_better_in_mistakes(
    one: Point[str], other: Point[str], *, does: bool
) -> None:
    assert dominates(one, other) is does
