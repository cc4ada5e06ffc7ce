"""Real time decides nothing in simulated time: a process may be stopped, and the clock of the machine may be set."""

from __future__ import annotations

import asyncio
import itertools
import time
from pathlib import Path
from typing import Final

import pytest

from probe.classify.registry import choose
from probe.lab import event_loop
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import load

SCENARIOS: Final = Path(__file__).parents[1] / "scenarios"
every_scenario = pytest.mark.parametrize("name", ["everything", "sending", "twelve"])
LEAP_S: Final = 3600.0


class LeapingLoop(asyncio.SelectorEventLoop):
    """A loop whose process seems to be stopped for an hour whenever it looks at the time. Every deadline passes."""

    leaps = 0

    def time(self) -> float:
        """Return the time, an hour after the last time."""
        self.leaps += 1
        return super().time() + self.leaps * LEAP_S


def books(name: str, transport: str, out: Path) -> str:
    """Run a scenario and return the hash of its books."""
    prepared = prepare(load(SCENARIOS / f"{name}.toml"))
    options = Options(transport=transport, out=out / transport, classifiers=choose(["code"]), workers=1)
    return run_scenario(prepared, options).scorecard.books


@every_scenario
def test_a_process_that_is_stopped_again_and_again_writes_the_same_books(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = books(name, "memory", tmp_path)
    monkeypatch.setattr(event_loop, "NEW_LOOP", LeapingLoop)
    assert books(name, "tcp", tmp_path) == undisturbed


@every_scenario
def test_a_clock_that_is_set_back_and_forth_does_not_change_the_books(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = books(name, "memory", tmp_path)
    steps, clock = itertools.cycle((30.0, -30.0, 90.0, -3600.0)), time.time
    monkeypatch.setattr(time, "time", lambda: clock() + next(steps))
    assert books(name, "tcp", tmp_path) == undisturbed
