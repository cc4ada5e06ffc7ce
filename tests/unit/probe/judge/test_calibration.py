"""Calibration: the Brier score and the bins of the reliability curve."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.judge.calibration import Bin, Calibration, Probabilities


def calibration(drawn: Iterable[tuple[float, bool]], places: int = 6) -> Calibration | None:
    """Return the calibration of probabilities, each with what was true."""
    counted = Probabilities()
    for said, true in drawn:
        counted.count(said, true=true)
    return counted.calibration(places)


cases = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def test_without_cases_there_is_no_calibration() -> None:
    assert calibration([]) is None


def test_the_brier_score_is_the_mean_squared_error() -> None:
    found = calibration([(0.9, True), (0.2, False), (0.6, False)])
    assert found is not None
    assert found.brier == pytest.approx((0.01 + 0.04 + 0.36) / 3, abs=1e-6)


def test_certain_and_right_is_perfect_and_certain_and_wrong_is_worst() -> None:
    right, wrong = calibration([(1.0, True), (0.0, False)]), calibration([(0.0, True), (1.0, False)])
    assert right is not None
    assert wrong is not None
    assert (right.brier, wrong.brier) == (0.0, 1.0)


def test_bins_have_the_mean_probability_and_the_share_that_is_true() -> None:
    found = calibration([(0.85, True), (0.81, False), (1.0, True)])
    assert found is not None
    assert found.bins == [Bin(0.8, 0.9, 2, 0.83, 0.5), Bin(0.9, 1.0, 1, 1.0, 1.0)]


@given(cases)
def test_every_case_is_in_one_bin_and_the_mean_lies_between_its_ends(drawn: list[tuple[float, bool]]) -> None:
    found = calibration(drawn)
    assert found is not None
    assert sum(each.cases for each in found.bins) == found.cases == len(drawn)
    assert 0.0 <= found.brier <= 1.0
    assert all(each.low - 1e-6 <= each.said <= each.high + 1e-6 for each in found.bins)


def test_bins_are_rounded_to_the_places_asked_for() -> None:
    found = calibration([(0.123456, True)], places=2)
    assert found is not None
    assert found.bins == [Bin(0.1, 0.2, 1, 0.12, 1.0)]


@given(cases)
def test_means_are_those_of_exact_arithmetic(drawn: list[tuple[float, bool]]) -> None:
    found = calibration(drawn, places=15)
    assert found is not None
    said = [Fraction(said) for said, _ in drawn]
    assert sum(each.said * each.cases for each in found.bins) == pytest.approx(float(sum(said)), abs=1e-9)
    errors = [(Fraction(said) - true) ** 2 for said, true in drawn]
    assert found.brier == pytest.approx(float(sum(errors) / len(errors)), abs=1e-6)


@given(cases, cases)
def test_parts_merge_to_the_whole(first: list[tuple[float, bool]], second: list[tuple[float, bool]]) -> None:
    parts = [Probabilities(), Probabilities()]
    for part, drawn in zip(parts, (first, second), strict=True):
        for said, true in drawn:
            part.count(said, true=true)
    parts[1].merge(parts[0])
    assert parts[1].calibration() == calibration([*first, *second])
