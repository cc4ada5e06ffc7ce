"""What the processes of a session do is read as Linux tells it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from simulation.activity import Activity, sessions

TICKS = os.sysconf("SC_CLK_TCK")


def told(folder: Path, pid: int, state: str, session: int, *ticks: int) -> None:
    """Write what Linux tells of a process: 44 numbers, of which some are of interest."""
    (folder / str(pid)).mkdir()
    spent = " ".join(str(each * TICKS) for each in ticks)
    line = f"{pid} (a) R (b) {state} 1 2 {session} 0 -1 4194304 129 0 0 0 {spent} 20 0 1 0 62 39 5\n"
    (folder / str(pid) / "stat").write_text(line, "utf-8")


def test_a_session_takes_what_its_processes_and_their_children_take_and_sleeps_if_all_do(tmp_path: Path) -> None:
    told(tmp_path, 10, "S", 10, 1, 2, 3, 4)
    told(tmp_path, 11, "S", 10, 5, 0, 0, 0)
    told(tmp_path, 12, "Z", 10, 0, 0, 0, 0)
    told(tmp_path, 20, "S", 20, 1, 0, 0, 0)
    for pid, state in ((21, "R"), (31, "T"), (41, "D")):
        told(tmp_path, pid, state, pid // 10 * 10, 0, 0, 0, 1)
    (tmp_path / "50").mkdir()
    (tmp_path / "uptime").write_text("1 2", "ascii")
    assert sessions(tmp_path) == {
        10: Activity(15.0, sleeps=True),
        20: Activity(2.0, sleeps=False),
        30: Activity(1.0, sleeps=False),
        40: Activity(1.0, sleeps=False),
    }
    assert sessions(tmp_path / "nowhere") == {}


def test_this_process_is_awake_and_has_taken_time() -> None:
    mine = sessions()[os.getsid(0)]
    assert not mine.sleeps
    assert mine.cpu_s > time.process_time() / 2
