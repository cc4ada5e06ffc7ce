"""Real time decides nothing in simulated time: a process may be stopped, and the clock of the machine may be set."""

from __future__ import annotations

import asyncio
import itertools
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from fake_gateways.dns import nameserver
from probe.classify.registry import choose
from probe.input_error import InputError
from probe.lab import event_loop, lane_runner
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


TIMERS: Final = {
    "resolver.py": "sends a query again, because a datagram may be lost",
    "lane_runner.py": "commits, and reports progress",
    "sslproto.py": "how long a TLS connection may take to close, when all is said",
}
READERS_OF_THE_TIME: Final = {
    "dkim/__init__.py": "for t= of a signature, which we leave out",
    "spf.py": "for a macro of explanations, which nobody reads",
}
_WAYS_TO_A_TIMER: Final = frozenset({"base_events.py", "tasks.py", "timeouts.py"})


class WatchedLoop(asyncio.SelectorEventLoop):
    """A loop that notes who sets a timer that may ever run out."""

    setters: set[str]

    def call_at(self, when: float, callback: Callable[..., object], *args: Any, **options: Any) -> asyncio.TimerHandle:
        """Set a timer."""
        if not math.isinf(when):
            self.setters.add(caller(1))
        return super().call_at(when, callback, *args, **options)


def caller(depth: int) -> str:
    """Return the file of who called, without what merely passes a timer on; of a package, with its folder."""
    frame = sys._getframe(depth + 1)
    while (path := Path(frame.f_code.co_filename)).name in _WAYS_TO_A_TIMER and frame.f_back is not None:
        frame = frame.f_back
    return f"{path.parent.name}/{path.name}" if path.name == "__init__.py" else path.name


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


def test_no_timer_is_set_that_may_run_out_and_nobody_asks_for_the_time_of_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers, clock = set(), time.time

    def read() -> float:
        readers.add(caller(1))
        return clock()

    monkeypatch.setattr(WatchedLoop, "setters", set(), raising=False)
    monkeypatch.setattr(event_loop, "NEW_LOOP", WatchedLoop)
    monkeypatch.setattr(time, "time", read)
    for name in ("everything", "sending"):
        books(name, "tcp", tmp_path / name)
    assert WatchedLoop.setters == set(TIMERS)
    assert readers == set(READERS_OF_THE_TIME)


def test_a_run_whose_servers_do_not_answer_ends_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nameserver, "respond", lambda *_, **__: None)
    monkeypatch.setattr(lane_runner, "FLUSH_S", 0.01)
    monkeypatch.setattr(lane_runner, "STILL", 10)
    told = r"ledger\.sqlite: has got no row for 0 s: no server of the run answers; look"
    with pytest.raises(InputError, match=told):
        books("twelve", "tcp", tmp_path)


def test_a_fault_in_a_server_of_the_run_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def respond(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(nameserver, "respond", respond)
    with pytest.raises(ZeroDivisionError):
        books("twelve", "tcp", tmp_path)
