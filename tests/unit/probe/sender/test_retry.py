"""The retry schedule, by arithmetic."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from book_rows import attempt
from hypothesis import given
from hypothesis import strategies as st

from probe.records.attempt import Attempt, Failure, Outcome
from probe.scenario.sending import Retry
from probe.sender.retry import RetrySchedule


def schedule(**keys: Any) -> RetrySchedule:
    """Return the schedule of a scenario's ``retry`` table."""
    return RetrySchedule(Retry.model_validate(keys))


def after(outcome: str, number: int = 1, **columns: Any) -> Attempt:
    """Return an attempt that came to something."""
    code = {Outcome.DEFERRED: 451, Outcome.REFUSED: 550, Outcome.DELIVERED: 250}.get(Outcome(outcome))
    return attempt(**{"outcome": outcome, "number": number, "code": code, "text": "no", **columns})


def waits(of: RetrySchedule, took_s: float = 0.0, outcome: str = Outcome.DEFERRED) -> list[float]:
    """Return every wait until the schedule gives up, when each attempt takes so long and comes to the same."""
    found: list[float] = []
    elapsed_s = took_s
    while (wait_s := of.next_wait_s(after(outcome, len(found) + 1), elapsed_s)) is not None:
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
    assert of.next_wait_s(after(Outcome.DEFERRED), 599.0) == 600
    assert of.next_wait_s(after(Outcome.DEFERRED), 600.0) is None


@pytest.mark.parametrize("outcome", [Outcome.DEFERRED, Outcome.FAILED, "deferred", "failed"])
def test_deferrals_and_network_failures_are_tried_again(outcome: str) -> None:
    assert schedule(first="5m").next_wait_s(after(outcome), 0.0) == 300


@pytest.mark.parametrize("outcome", [Outcome.DELIVERED, Outcome.REFUSED])
def test_what_was_taken_or_refused_for_good_is_final(outcome: str) -> None:
    assert schedule(first="5m").next_wait_s(after(outcome), 0.0) is None


@pytest.mark.parametrize("failure", [Failure.NO_ROUTE, Failure.IN_DOUBT])
def test_what_no_retry_can_mend_is_final(failure: Failure) -> None:
    assert schedule(first="5m").next_wait_s(after(Outcome.FAILED, failure=failure), 0.0) is None


@pytest.mark.parametrize("failure", [Failure.UNREACHABLE, Failure.NO_ANSWER, Failure.LINE_CUT, Failure.NO_TLS])
def test_a_failure_of_the_network_may_have_waits_of_its_own(failure: Failure) -> None:
    of = schedule(first="5m", connection={"first": "1m"})
    assert of.next_wait_s(after(Outcome.FAILED, failure=failure), 0.0) == 60
    assert of.next_wait_s(after(Outcome.DEFERRED), 0.0) == 300


@pytest.mark.parametrize(
    ("enhanced", "text", "wait_s"),
    [
        ("4.7.28", "no", 3600),
        ("4.7.1", "Rate limit exceeded", 3600),
        (None, "too many messages from your address", 3600),
        (None, "Please slow down", 3600),
        ("4.7.1", "Greylisted, please try again later", 300),
        ("4.2.2", "Mailbox full", 300),
        (None, "operate with care", 300),
    ],
)
def test_a_deferral_that_speaks_of_speed_may_have_waits_of_its_own(
    enhanced: str | None, text: str, wait_s: float
) -> None:
    of = schedule(first="5m", rate={"first": "1h"})
    assert of.next_wait_s(after(Outcome.DEFERRED, enhanced=enhanced, text=text), 0.0) == wait_s


def test_a_very_late_attempt_still_waits_no_longer_than_the_longest() -> None:
    assert schedule(longest="1h", give_up_after="1000d").next_wait_s(after(Outcome.DEFERRED, 10_000), 0.0) == 3600


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
