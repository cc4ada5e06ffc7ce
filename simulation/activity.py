"""What the processes of a session do, as Linux tells it (proc(5)). What others take of the machine does not count."""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

_PROC: Final = Path("/proc")
_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
_SLEEPS: Final = frozenset("SZ")
"""A process that waits for something, or has ended; not one that wants a processor or the disk, or is stopped."""


class Activity(NamedTuple):
    """The CPU time that the processes of a session have taken, in seconds, and whether all of them sleep now."""

    cpu_s: float
    sleeps: bool


class _Process(NamedTuple):
    """``ticks`` are its own, and of its children that have ended."""

    number: int
    session: int
    state: str
    ticks: int


def sessions(proc: Path = _PROC) -> dict[int, Activity]:
    """Return the activity of every session of this machine, by the id of the session; nothing if it does not tell."""
    ticks: dict[int, int] = defaultdict(int)
    awake = set()
    for each in _processes(proc):
        ticks[each.session] += each.ticks
        if each.state not in _SLEEPS:
            awake.add(each.session)
    return {session: Activity(spent / _TICKS_A_SECOND, session not in awake) for session, spent in ticks.items()}


def end_session(session: int) -> None:
    """Kill all processes of a session."""
    for each in _processes(_PROC):
        if each.session == session:
            with suppress(ProcessLookupError):
                os.kill(each.number, signal.SIGKILL)


def _processes(proc: Path) -> Iterator[_Process]:
    for file in proc.glob("[0-9]*/stat"):
        try:
            told = file.read_text("utf-8", "replace")
        except OSError:  # it has ended meanwhile
            continue
        # The name of the program is in brackets, and may contain some.
        state, _, _, session, *others = told.rpartition(")")[2].split()
        yield _Process(int(file.parent.name), int(session), state, sum(map(int, others[7:11])))
