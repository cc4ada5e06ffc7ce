"""The figures of placement: coverage by number of seeds, false alarms a year, and how soon a fall is found."""

from __future__ import annotations

from typing import Any

import pytest

from probe.studies.placement.figures import parts, summary


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """Measure in few worlds and years."""
    done: list[int] = []
    found = summary(7, 12, 2, done.append)
    assert sum(done) == parts()
    return found


def test_intervals_hold_the_true_share_most_of_the_time(figures: dict[str, Any]) -> None:
    assert [each["seeds"] for each in figures["intervals"]] == [6, 12, 24, 24, 48, 96]
    for each in figures["intervals"]:
        assert each["covered"]["of"] == 60
        assert each["covered"]["value"] > 0.8
    widths = [each["width"] for each in figures["intervals"]]
    assert widths[-1] < widths[0]


def test_falls_are_found_within_days_and_false_alarms_are_rare(figures: dict[str, Any]) -> None:
    for each in figures["alarms"]:
        assert each["false_a_year"] <= 4
        assert all(fall["median_days"] <= 30 for fall in each["falls"].values())
    well = figures["alarms"][0]
    assert well["falls"]["one provider"]["median_days"] <= 4


def test_the_same_seed_gives_the_same_figures(figures: dict[str, Any]) -> None:
    assert summary(7, 12, 2)["intervals"] == figures["intervals"]
