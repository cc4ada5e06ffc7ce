"""What most tests run is forked from a process that has imported the command; it does what a started one does."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
import small_scenario
from fivefifty_command import COMMAND, Start, apart, fivefifty
from small_scenario import bent


@pytest.mark.parametrize("words", ["", "--help", "run", "personas", "check nowhere", "books . --export"])
def test_it_says_and_ends_as_what_is_started(words: str, tmp_path: Path) -> None:
    forked, started = (start(*words.split(), cwd=tmp_path) for start in (fivefifty, apart))
    assert (forked.args, forked.returncode, forked.stdout, forked.stderr) == (
        started.args,
        started.returncode,
        started.stdout,
        started.stderr,
    )
    assert forked.stdout or forked.stderr


def test_runs_in_several_processes_write_the_same_books(tmp_path: Path) -> None:
    text = bent("recipients = { count = 10 }\n", "", bent('domains = ["acme.example"]', "companies = 4"))
    scenario = small_scenario.write(tmp_path, text)
    for name, start, workers in (("forked", fivefifty, 2), ("started", apart, 2), ("alone", fivefifty, 1)):
        done = start("run", scenario, "--workers", workers, "--out", name, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
    forked, started, alone = (
        json.loads((tmp_path / name / "scorecard.json").read_text("utf-8"))["books"]
        for name in ("forked", "started", "alone")
    )
    assert forked == started == alone


TELLS = """\
import json, os, stat, sys
assert not hasattr(sys, "been_here"), "another run was here before"
sys.been_here = True
def is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False
told = {
    "folder": os.getcwd(),
    "scripts": [sys.argv[0], sys.modules["__main__"].__file__, sys.path[0] + "/fivefifty"],
    "environ": [os.environ.get("OF_THE_TEST"), os.environ.get("COLUMNS")],
    "pipes": [name for name in "012" if os.readlink("/proc/self/fd/" + name).startswith("pipe:")],
    "inherited": [number for number in range(3, 99) if is_socket(number)],
    "utf-8": sys.flags.utf8_mode,
    "tests": [name for name in ("pytest", "deadline") if name in sys.modules],
}
print(json.dumps(told), file=sys.stderr)
class Says:
    def classify(self, evidence):
        raise ValueError("no more")
"""


@pytest.mark.parametrize("start", [fivefifty, apart])
def test_it_stands_where_it_was_called_and_nothing_is_left_of_the_run_before(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_TEST", "seen")
    monkeypatch.setenv("COLUMNS", "40")
    (tmp_path / "tells.py").write_text(TELLS, "utf-8")
    scenario = small_scenario.write(tmp_path)
    options = ("--transport", "memory", "--out", "run", "--classifier", "python:tells:Says")
    for _ in range(2):
        done = start("run", scenario, *options, cwd=tmp_path)
        told, complaint = done.stderr.splitlines()
        assert (done.returncode, complaint) == (4, "fivefifty: classifier says failed: ValueError: no more")
        assert json.loads(told) == {
            "folder": os.path.realpath(tmp_path),
            "scripts": [COMMAND] * 3,
            "environ": ["seen", None],
            "pipes": ["1", "2"],
            "inherited": [],
            "utf-8": 1,
            "tests": [],
        }


@pytest.mark.parametrize("start", [fivefifty, apart])
def test_what_kills_it_is_in_its_code(start: Start, tmp_path: Path) -> None:
    (tmp_path / "dies.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "utf-8")
    scenario = small_scenario.write(tmp_path)
    done = start("run", scenario, "--out", "run", "--classifier", "python:dies:Says", cwd=tmp_path)
    assert done.returncode == -signal.SIGKILL
