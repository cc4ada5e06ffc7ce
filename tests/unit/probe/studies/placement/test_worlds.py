"""Worlds of providers: their true shares, and what seeds show of them."""

from __future__ import annotations

import random

import pytest

from probe.studies.placement.worlds import Day, World, drawn_world


def test_providers_that_have_nothing_in_common_all_have_the_same_share() -> None:
    assert set(drawn_world(0.7, 0.0, random.Random(1)).shares) == {0.7}


@pytest.mark.parametrize("alike", [0.2, 0.9, 1.0])
def test_the_more_alike_seeds_are_the_more_providers_differ(alike: float) -> None:
    shares = [share for seed in range(20) for share in drawn_world(0.7, alike, random.Random(seed)).shares]
    mean = sum(shares) / len(shares)
    spread = sum((each - mean) ** 2 for each in shares) / len(shares)
    assert mean == pytest.approx(0.7, abs=0.03)
    assert spread == pytest.approx(alike * 0.7 * 0.3, rel=0.1)


def test_seeds_are_at_some_of_the_providers_as_many_at_each() -> None:
    world = World([1.0] * 3 + [0.0])
    shown = world.seeds(4, 8, random.Random(1))
    assert sorted(shown) == [(0, 2), (2, 2), (2, 2), (2, 2)]
    assert world.true_share == 0.75


@pytest.mark.parametrize("alike", [0.0, 0.3])
def test_a_day_has_the_mean_and_the_spread_that_it_was_made_with(alike: float) -> None:
    rng, day = random.Random(5), Day(0.8, alike, 4)
    shown = [day.draw(rng).inbox for _ in range(20_000)]
    mean = sum(shown) / len(shown)
    assert mean == pytest.approx(3.2, abs=0.03)
    spread = sum((each - mean) ** 2 for each in shown) / len(shown)
    assert spread == pytest.approx(4 * 0.16 * (1 + 3 * alike), rel=0.05)
