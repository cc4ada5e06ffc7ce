"""Runs that are killed end whole; and what a kill could leave is noticed."""

from __future__ import annotations

import signal
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from probe.cli.exit_codes import Exit
from simulation.faults import kills
from simulation.faults.forked import Forked
from simulation.faults.kills import Kills, Whole
from simulation.faults.ways import WAYS
from simulation.part import Tried

MOST_RUNS = 10
"""A run may end before the moment of its kill, but hardly so many."""


def test_a_killed_run_ends_with_the_same_books_and_the_same_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kills, "KILLS", 1)
    tried = Tried()
    for number in range(MOST_RUNS):
        folder = tmp_path / str(number)
        folder.mkdir()
        Kills().attempt(f"two/suite/{number}", tried, folder)
        assert tried.failures == []
        if tried.counts["kills"]:
            return
        assert tried.counts["runs that ended before a kill"] == number + 1
    pytest.fail("no run was killed before its end")


def test_a_forked_command_is_told_of_as_any_other(tmp_path: Path) -> None:
    for apart in (False, True):
        run = Forked(["run", tmp_path / "nowhere.toml"], tmp_path / "told", apart=apart)
        assert run.fault().startswith(f"exit code {int(Exit.INPUT_WRONG)}: fivefifty: {tmp_path}")
    run = Forked(["serve", "control"], tmp_path / "told")
    assert not run.ends_within(0.05)
    run.kill(parent_only=False)
    assert run.fault().startswith(f"exit code {-signal.SIGKILL}")


def test_other_books_and_another_log_are_failures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kills, "KILLS", 0)
    monkeypatch.setattr(kills, "whole_run", lambda *_, **__: Whole({"books": "other"}, Counter({"a line": 2}), 1.0))
    tried = Tried()
    Kills().attempt("memory/suite/1", tried, tmp_path)
    told = [failure.what for failure in tried.failures]
    assert told[0] == "other books than without kills: books"
    assert told[1].startswith("the log lacks 2 lines and has ")


def test_the_ways_come_in_turn() -> None:
    cases = list(islice(Kills().cases("a"), 2 * len(WAYS)))
    assert [case.partition("/")[0] for case in cases] == [*WAYS, *WAYS]
    assert len(set(cases)) == len(cases)
