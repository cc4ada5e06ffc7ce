"""Virtual time, the wall clock, and the queue of what is due."""

from __future__ import annotations

import asyncio
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples

from fake_gateways.clock import Agenda, Clock, VirtualClock, WallClock

STARTS = 1_772_438_400.0


async def test_virtual_time_passes_without_waiting() -> None:
    clock = VirtualClock(STARTS)
    await clock.sleep(3 * 86_400)
    assert clock.now() == STARTS + 3 * 86_400


async def test_virtual_time_may_step_back_to_a_transaction_that_began_earlier() -> None:
    clock = VirtualClock(STARTS)
    await clock.until(STARTS + 600)
    await clock.until(STARTS + 60)
    assert clock.now() == STARTS + 60


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Replace the machine's time: waiting is noted and moves it on."""
    noted: list[float] = []

    async def sleep(seconds: float) -> None:
        noted.append(seconds)

    monkeypatch.setattr(time, "monotonic", lambda: 1000.0 + sum(noted))
    monkeypatch.setattr(asyncio, "sleep", sleep)
    return noted


async def test_a_wall_clock_at_sixty_fold_speed_waits_a_second_for_a_minute(waits: list[float]) -> None:
    clock = WallClock(STARTS, 60.0)
    await clock.sleep(60.0)
    assert waits == [1.0]
    assert clock.now() == STARTS + 60.0


async def test_a_wall_clock_waits_until_a_moment_and_not_for_one_that_has_passed(waits: list[float]) -> None:
    clock = WallClock(STARTS)
    await clock.until(STARTS + 30.0)
    await clock.until(STARTS + 10.0)
    assert waits == [30.0, 0.0]
    assert clock.now() == STARTS + 30.0


@pytest.mark.parametrize(
    ("clock", "patience_s"), [(VirtualClock(STARTS), math.inf), (WallClock(STARTS, 60.0), 5.0)], ids=["virtual", "wall"]
)
def test_only_a_wall_clock_runs_out_of_patience(clock: Clock, patience_s: float) -> None:
    assert clock.patience(5.0) == patience_s


@examples(100)
@given(st.lists(st.sampled_from([0.0, 1.0, 2.5, -1.0, 1e9])))
def test_an_agenda_gives_out_by_moment_and_then_in_the_order_put_down(moments: list[float]) -> None:
    agenda: Agenda[dict[str, int]] = Agenda()
    for number, moment in enumerate(moments):
        agenda.put(moment, {"number": number})  # dicts have no order: only moment and turn may be compared
    assert len(agenda) == len(moments)
    taken = [agenda.take() for _ in moments]
    assert [(at, event["number"]) for at, event in taken] == sorted(zip(moments, range(len(moments)), strict=True))
    assert len(agenda) == 0
