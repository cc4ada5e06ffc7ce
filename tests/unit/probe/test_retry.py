"""The retry schedule, by arithmetic."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.attempt import Outcome
from probe.retry import RetrySchedule
from probe.scenario.model import Retry


def schedule(**keys: Any) -> RetrySchedule:
    """Return the schedule of a scenario's ``retry`` table."""
    return RetrySchedule(Retry.model_validate(keys))


def waits(of: RetrySchedule, took_s: float = 0.0, outcome: str = Outcome.DEFERRED) -> list[float]:
    """Return every wait until the schedule gives up, when each attempt takes so long and comes to the same."""
    found: list[float] = []
    elapsed_s = took_s
    while (wait_s := of.next_wait_s(outcome, len(found) + 1, elapsed_s)) is not None:
        found.append(wait_s)
        elapsed_s += wait_s + took_s
    return found


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        # The defaults: 5 min doubling to 2 h; 300+600+1200+2400+4800 = 9300, then 4 * 7200 = 38100, a fifth is 45300.
        ({}, [300, 600, 1200, 2400, 4800, 7200, 7200, 7200, 7200]),
        ({"first": "1m", "factor": 3, "longest": "10m", "give_up_after": "30m"}, [60, 180, 540, 600]),
        ({"first": "10m", "factor": 1, "longest": "2h", "give_up_after": "35m"}, [600, 600, 600]),
        ({"first": "1m", "factor": 1.5, "longest": "1h", "give_up_after": "6m"}, [60, 90, 135]),
        ({"first": "3h", "factor": 2, "longest": "1h", "give_up_after": "150m"}, [3600, 3600]),
        ({"first": "1h", "give_up_after": "1h"}, []),
    ],
)
def test_the_waits_grow_by_the_factor_up_to_the_longest_until_the_end(
    keys: dict[str, Any], expected: list[float]
) -> None:
    assert waits(schedule(**keys)) == pytest.approx(expected)


def test_the_time_that_attempts_take_counts_towards_giving_up() -> None:
    of = schedule(first="10m", factor=1, give_up_after="35m")
    # Attempts end at 4, 18 and 32 min; from there another would begin at 42 min.
    assert waits(of, took_s=240) == [600, 600]


def test_a_retry_that_would_begin_exactly_at_the_end_is_not_made() -> None:
    of = schedule(first="10m", factor=1, give_up_after="20m")
    assert of.next_wait_s(Outcome.DEFERRED, 1, 599.0) == 600
    assert of.next_wait_s(Outcome.DEFERRED, 1, 600.0) is None


@pytest.mark.parametrize("outcome", [Outcome.DEFERRED, Outcome.FAILED, "deferred", "failed"])
def test_deferrals_and_network_failures_are_tried_again(outcome: str) -> None:
    assert schedule(first="5m").next_wait_s(outcome, 1, 0.0) == 300


@pytest.mark.parametrize("outcome", [Outcome.DELIVERED, Outcome.REFUSED])
def test_what_was_taken_or_refused_for_good_is_final(outcome: str) -> None:
    assert schedule(first="5m").next_wait_s(outcome, 1, 0.0) is None


def test_a_very_late_attempt_still_waits_no_longer_than_the_longest() -> None:
    assert schedule(longest="1h", give_up_after="1000d").next_wait_s(Outcome.DEFERRED, 10_000, 0.0) == 3600


@given(
    first=st.integers(1, 7200),
    factor=st.floats(1, 10),
    longest=st.integers(60, 7200),
    give_up_after=st.integers(60, 86_400),
)
def test_waits_never_shrink_never_exceed_the_longest_and_end_in_time(
    first: int, factor: float, longest: int, give_up_after: int
) -> None:
    longest = max(longest, give_up_after // 200)
    first = max(first, longest // 100)
    found = waits(schedule(first=f"{first}s", factor=factor, longest=f"{longest}s", give_up_after=f"{give_up_after}s"))
    assert all(earlier <= later for earlier, later in pairwise(found))
    assert all(wait_s <= longest for wait_s in found)
    assert sum(found) < give_up_after
