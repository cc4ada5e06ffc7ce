"""Lanes are shared out whole, into shares of about the same size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from probe.lab.shares import PER_PROCESS, one_process_only, processes_for, share_out

SIZES = st.lists(st.integers(1, 200_000), min_size=1, max_size=60)


@given(SIZES, st.integers(1, 4))
def test_every_lane_is_in_one_share_and_the_largest_share_comes_first(sizes: list[int], processes: int) -> None:
    lanes = list(enumerate(sizes))
    shares = share_out(lanes, lambda lane: lane[1], processes)
    assert sorted(lane for share in shares for lane in share) == lanes
    loads = [sum(size for _, size in share) for share in shares]
    assert loads == sorted(loads, reverse=True)
    # The longest lane first, each into the smallest share: no share is larger than the average by more than one lane.
    assert max(loads) <= sum(sizes) / len(shares) + max(sizes)


def test_each_process_gets_several_shares_but_no_tiny_ones() -> None:
    sizes = [10_000] * 100
    assert len(share_out(sizes, int, 1)) == 8
    assert len(share_out(sizes[:1], int, 1)) == 1
    assert len(share_out(sizes, int, 2)) == 16
    assert len(share_out(sizes[:4], int, 2)) == 4


def test_however_many_processes_are_wanted_there_are_no_more_shares_than_lanes() -> None:
    assert share_out([1, 2, 3], int, 10**12) == [[3], [2], [1]]
    assert share_out([], int, 4) == []


def test_one_lane_or_a_small_run_has_no_use_for_a_second_process() -> None:
    assert processes_for(10**6, 1) == 1
    assert processes_for(30_000, 20) == 1


def test_there_are_no_more_shares_than_lanes_however_many_processes_are_wanted() -> None:
    assert share_out([5, 7], int, 10**8) == [[7], [5]]
    assert share_out([], int, 10**8) == []


def test_a_run_of_one_lane_says_that_a_second_process_cannot_help_where_one_would_be_used() -> None:
    (sentence,) = one_process_only(1, 10, 2)
    assert (
        sentence == "all recipients are in one lane (one gateway, or several that share a domain), so one process sends"
    )
    assert one_process_only(2, 10, 2) == []
    assert one_process_only(1, 10, 1) == []
    assert one_process_only(1, PER_PROCESS, None) == []
