"""Where a classifier breaks: runs by grid point, medians over seeds, and the first grid point beyond a bound."""

from __future__ import annotations

import pytest
from sweep_result import sweep_result

from probe.input_error import InputError
from probe.studies.sweep.break_points import (
    HARD_BOUNCES,
    MISSED_DEAD,
    WRONGLY_SUPPRESSED,
    Bound,
    break_point,
    parse_bound,
)


def test_runs_are_grouped_by_all_but_the_seed() -> None:
    for varied in (["seed=1..3", "lies=0,1"], ["lies=0,1", "seed=1..3"]):
        found = sweep_result(varied, [0.01, 0.02, 0.03, 0.04, 0.05, 0.06])
        assert [[value.value for value in grid_point.point] for grid_point in found.grid_points] == [[0], [1]]
        assert [len(grid_point.runs) for grid_point in found.grid_points] == [3, 3]
        assert [axis.path for axis in found.varied] == ["lies"]


def test_a_figure_has_a_median_a_least_and_a_most_over_the_seeds() -> None:
    (grid_point,) = sweep_result(["seed=1..4"], [0.04, 0.01, 0.02, 0.09]).grid_points
    assert grid_point.spread(WRONGLY_SUPPRESSED, "code") == (0.03, 0.01, 0.09)
    assert grid_point.spread(MISSED_DEAD, "none") == (0.5, 0.5, 0.5)
    assert grid_point.spread(HARD_BOUNCES, "code") == (0.1, 0.1, 0.1)


def test_the_first_point_beyond_the_bound_is_found_and_the_bound_itself_is_within() -> None:
    found = sweep_result(["lies=0:0.4:0.1"], [0.0, 0.01, 0.0101, 0.005, 0.02])
    broken = break_point(found.grid_points, "code", found.bounds[0])
    assert (broken.first, broken.before) == (found.grid_points[2], found.grid_points[1])
    assert (broken.beyond, broken.total) == (2, 5)


def test_one_extreme_seed_breaks_nothing() -> None:
    found = sweep_result(["lies=0,1", "seed=1..3"], [0.0, 0.0, 0.9, 0.0, 0.02, 0.02])
    assert break_point(found.grid_points, "code", found.bounds[0]).first is found.grid_points[1]


def test_a_bound_names_a_figure_and_a_share() -> None:
    assert parse_bound("missed_dead_rate=0.2") == Bound(MISSED_DEAD, 0.2)


@pytest.mark.parametrize("text", ["wrongly_suppressed_rate", "x=1", "missed_dead_rate=2", "missed_dead_rate=nan", "="])
def test_an_error_about_a_bound_is_one_sentence(text: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_bound(text)
    assert str(raised.value) == (
        f"--bound {text}: is not a bound; write wrongly_suppressed_rate=0.01, "
        "or with one of: wrongly_suppressed_rate, missed_dead_rate, hard_bounce_rate"
    )
