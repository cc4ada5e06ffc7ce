"""Tests of the rate limit over a sliding window."""

from __future__ import annotations

from fake_gateways.sliding_window import SlidingWindow
from fake_gateways.units import PerTime


def window_of(*events: float, most: int = 2, seconds: float = 10.0) -> SlidingWindow:
    """Return a window that has counted events."""
    window = SlidingWindow(PerTime(most, seconds))
    for at in events:
        window.add(at)
    return window


def test_an_event_leaves_the_window_when_it_is_exactly_as_old_as_the_window_is_long() -> None:
    assert window_of(0.0, 4.0).count(9.9) == 2
    assert window_of(0.0, 4.0).count(10.0) == 1
    assert window_of(0.0, 4.0).count(14.0) == 0


def test_the_rate_is_exceeded_by_one_event_more_than_it_allows() -> None:
    assert not window_of(0.0, 1.0).exceeded(1.0)
    assert window_of(0.0, 1.0, 2.0).exceeded(2.0)
    assert not window_of(0.0, 1.0, 2.0).exceeded(10.0)


def test_there_is_room_now_while_fewer_events_are_in_the_window_than_the_rate_allows() -> None:
    assert window_of().has_room_at(5.0) == 5.0
    assert window_of(0.0).has_room_at(5.0) == 5.0
    assert window_of(0.0, 1.0).has_room_at(10.0) == 10.0


def test_there_is_room_again_when_the_oldest_event_leaves() -> None:
    window = window_of(0.0, 1.0)
    assert window.has_room_at(5.0) == 10.0
    window.add(10.0)
    assert window.has_room_at(10.0) == 11.0


def test_events_beyond_the_rate_must_leave_too_before_there_is_room() -> None:
    assert window_of(0.0, 1.0, 2.0).has_room_at(2.0) == 11.0


def test_no_more_events_are_kept_than_it_takes_to_compare_them() -> None:
    window = window_of(*range(1000), most=2, seconds=1000.0)
    assert window.count(999.0) == 3
    assert window.has_room_at(999.0) == 1998.0
    window = SlidingWindow(PerTime(2, 1000.0), kept=10)
    for at in range(1000):
        window.add(at)
    assert window.count(999.0) == 10
    assert window.has_room_at(999.0) == 1998.0
