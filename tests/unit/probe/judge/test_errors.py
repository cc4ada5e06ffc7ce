"""Suppression errors: what counts as one, rates with intervals, and adding counts."""

from __future__ import annotations

import pytest

from probe.judge.errors import ErrorCounts, is_error
from probe.judge.interval import wilson
from probe.studies.suppression.replay import MessageErrors


@pytest.mark.parametrize(
    ("alive", "suppressed", "counts"),
    [
        (True, True, ErrorCounts(alive=1, wrongly_suppressed=1)),
        (True, False, ErrorCounts(alive=1)),
        (False, True, ErrorCounts(gone=1)),
        (False, False, ErrorCounts(gone=1, missed_dead=1)),
    ],
)
def test_suppressing_the_living_and_keeping_the_gone_are_errors(
    *, alive: bool, suppressed: bool, counts: ErrorCounts
) -> None:
    found = ErrorCounts()
    found.count(alive=alive, suppressed=suppressed)
    assert found == counts
    assert is_error(alive=alive, suppressed=suppressed) == bool(counts.wrongly_suppressed + counts.missed_dead)


def test_rates_are_shares_of_the_living_and_of_the_gone() -> None:
    found = ErrorCounts(alive=8, wrongly_suppressed=2, gone=3, missed_dead=1)
    assert (found.wrongly_suppressed_rate, found.missed_dead_rate) == (0.25, 0.333333)
    assert found.wrongly_suppressed_interval == pytest.approx(wilson(2, 8), abs=1e-6)
    assert found.missed_dead_interval == pytest.approx(wilson(1, 3), abs=1e-6)


def test_without_recipients_rates_are_0_and_anything_is_possible() -> None:
    assert (ErrorCounts().missed_dead_rate, ErrorCounts().missed_dead_interval) == (0.0, (0.0, 1.0))


def test_counts_are_added_field_by_field_also_of_a_subclass() -> None:
    assert ErrorCounts(1, 2, 3, 4) + ErrorCounts(10, 20, 30, 40) == ErrorCounts(11, 22, 33, 44)
    assert MessageErrors(1, 1, 1, 1, 1, 1) + MessageErrors(0, 0, 0, 0, 5, 6) == MessageErrors(1, 1, 1, 1, 6, 7)
