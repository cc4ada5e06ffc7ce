"""The command says in one sentence what it cannot read, and when it is interrupted what it tried."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from simulation import __main__ as command
from simulation.part import Failure, Tried

ROOT = Path(__file__).parents[2]


def _said(*words: str) -> tuple[int, str, str]:
    app = typer.Typer()
    app.command()(command.main)
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("seed", ['a"b', "a b", "$(id)", "ä", "a;b", "a\nb", "x" * 201])
def test_a_seed_of_other_characters_is_one_sentence(seed: str) -> None:
    code, out, told = _said(f"--seed={seed}", "--for=1s")
    assert (code, out, told.count("\n")) == (command.USAGE, "", 1)
    assert told.startswith("error: --seed has other characters than letters")


@pytest.mark.parametrize(
    "again",
    [
        "worlds", "worlds:", "worlds:zz", "worlds:a b/1", "wire:zz", "stock:zz", "nothing", ":", "nothing:ab/1",
        "fuzzing:nothing", "fuzzing:nothing/ab/1", "fuzzing:mail", "fuzzing:mail/zz", "fuzzing:mail/input:zz",
        "fuzzing:mail/guided:zz", "faults:a/b", "faults:a/memory/open/once/1", "faults:../memory/open/once/1",
        "kills:zzz", "kills:memory", "kills:zzz/ab/1", "kills:memory/zz",
    ],
)  # fmt: skip
def test_a_case_that_no_part_can_read_is_one_sentence(again: str) -> None:
    code, out, told = _said(f"--again={again}")
    assert (code, out, told.count("\n"), told[:7]) == (command.USAGE, "", 1, "error: "), told


def test_the_name_of_a_fault_is_read_piece_by_piece() -> None:
    world = min(each.name for each in (ROOT / "simulation" / "faults" / "worlds").iterdir())
    for rest in ("zz/open/once/1", "memory/zz/once/1", "memory/open/zz/1", "memory/open/once/0", "memory/open/once/-1"):
        code, _, told = _said(f"--again=faults:{world}/{rest}")
        assert (code, told.count("\n"), told[:7]) == (command.USAGE, 1, "error: "), told


def test_a_repeated_case_names_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_commit", lambda: "ab12cd34ef56")
    monkeypatch.setattr(command, "attempt", lambda *_: Tried(Counter(cases=1)))
    assert _said("--again=worlds:x/1") == (0, "worlds:x/1, commit ab12cd34ef56: {'cases': 1}\n", "")


def test_a_value_error_of_what_is_tried_is_a_failure_and_no_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(_: str) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr("simulation.laws.worlds_part.draw_world", raises)
    code, out, _ = _said("--again=worlds:x/1")
    assert code == command.FAILED
    assert "FAILED worlds:x/1: ValueError: a fault of ours" in out


def test_an_interrupted_run_says_what_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def simulate(*given: Any) -> None:
        failed = Tried(Counter(cases=1_200), failures=[Failure("worlds", "x/1", "it broke")])
        given[-1]("worlds", failed, 1.0)
        given[-1]("wire", Tried(Counter(cases=3)), 1.0)
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "simulate", simulate)
    code, out, told = _said("--seed=x")
    assert (code, told) == (130, "interrupted after 1,200 cases of worlds, 3 cases of wire: 1 failures\n")
    assert "repeat it: make simulate AGAIN=worlds:x/1" in out


def test_a_failure_between_cases_is_shown_and_cannot_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    died = Tried(failures=[Failure("worlds", "", "the process ended with 1")])
    monkeypatch.setattr(command, "simulate", lambda *_: {"worlds": (died, 1.0)})
    code, out, told = _said("--seed=x", "--only=worlds")
    assert (code, told) == (command.FAILED, "")
    assert out.splitlines()[-1] == "FAILED worlds: the process ended with 1"


def test_ctrl_c_is_one_sentence() -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "simulation", "--for=60s", "--seed=suite", "--only=stock", "--processes=1"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    with run:
        assert run.stdout is not None
        assert run.stdout.readline().startswith("seed suite, commit ")
        time.sleep(2)  # what it starts leaves its group
        os.killpg(run.pid, signal.SIGINT)
        _, told = run.communicate(timeout=30)
    assert run.returncode == command.INTERRUPTED
    assert told.startswith("interrupted after ")
    assert told.count("\n") == 1


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_gives_every_word_as_it_is(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nfor word; do echo "[$word]"; done\n', "utf-8")
    python.chmod(0o755)
    words = {"SEED": 'a"; echo b; "', "ONLY": "c' `d`", "AGAIN": "e:f; g", "FOR": "1 s"}
    given = [f"{name}={value}" for name, value in words.items()]
    command_line = ["make", "-s", "simulate", f"BIN={tmp_path}", "KEEP=1", *given]
    command_line += ["--old-file=.venv/.ready", "--old-file=.venv/.runs"]
    done = subprocess.run(command_line, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "[-m]", "[simulation]", "[--for=1 s]", '[--seed=a"; echo b; "]', "[--only=c' `d`]", "[--again=e:f; g]",
        "[--keep]",
    ]  # fmt: skip
