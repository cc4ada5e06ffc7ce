"""What a CI system gets: files it reads, the job's summary, remarks at lines; and the exit code stays the same."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import small_scenario
from deadline import DEADLINE_S
from fivefifty_command import COMMAND, GATE_FAILED, INPUT_WRONG, PASSED, apart, complaint, environment, fivefifty

from probe.report.ci import FORMATS

TWELVE = Path(__file__).parent.parent / "scenarios" / "twelve.toml"
FAILS = ("--gate", "classifiers.code.wrongly_suppressed <= 1")
EVE = "alive, suppressed: twelve/eve@liar.example: 550 5.1.1 User Unknown (enhanced status 5.1.1)"


def run(folder: Path, *options: object, **environ: str) -> subprocess.CompletedProcess[str]:
    arguments = ("run", TWELVE, "--transport", "memory", "--out", folder / "run", *options)
    return apart(*arguments, cwd=folder, environ=environ) if environ else fivefifty(*arguments, cwd=folder)


def test_every_kind_of_report_is_written_in_one_run(tmp_path: Path) -> None:
    kinds = {"junit": "new/report.xml", "markdown": "summary.md", "codequality": "quality.json"}
    assert kinds.keys() == FORMATS.keys()
    options = [word for kind, file in kinds.items() for word in ("--report", f"{kind}={file}")]
    done = run(tmp_path, *options, *FAILS)
    assert (done.returncode, done.stderr) == (GATE_FAILED, "")
    suite = ET.parse(tmp_path / "new" / "report.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("5", "1")
    (failure,) = suite.iter("failure")
    assert EVE in (failure.text or "").splitlines()
    assert (tmp_path / "summary.md").read_text("utf-8").startswith("### `twelve`: 1 of 5 FAILED\n")
    (issue,) = json.loads((tmp_path / "quality.json").read_text("utf-8"))
    assert issue["location"] == {"path": str(TWELVE), "lines": {"begin": 1}}


def test_a_baselines_worsenings_are_test_cases(tmp_path: Path) -> None:
    run(tmp_path)
    fivefifty("baseline", "update", "run", "--classifier", "code", cwd=tmp_path)
    file = tmp_path / "baseline.toml"
    file.write_text(file.read_text("utf-8").replace('  "twelve/hal@wary.example",\n', ""), "utf-8")
    options = ("--baseline", file, "--report", "junit=report.xml")
    assert fivefifty("check", "run", *options, cwd=tmp_path).returncode == GATE_FAILED
    cases = {case.get("name"): case for case in ET.parse(tmp_path / "report.xml").getroot().iter("testcase")}
    assert len(cases["baseline code missed_dead"]) == 0
    failure = cases["baseline code wrongly_suppressed"][0]
    assert failure.get("message") == "code: wrongly suppressed 2 -> 3"
    assert (
        (failure.text or "").splitlines()[2].startswith("alive, suppressed: twelve/hal@wary.example: 550 #5.7.1 Your")
    )


def test_a_run_that_passed_is_told_the_same_way(tmp_path: Path) -> None:
    done = run(tmp_path, "--report", "junit=report.xml", "--report", "codequality=quality.json")
    assert (done.returncode, done.stderr) == (PASSED, "")
    assert not list(ET.parse(tmp_path / "report.xml").getroot().iter("failure"))
    assert json.loads((tmp_path / "quality.json").read_text("utf-8")) == []


@pytest.mark.parametrize("report", ["report.xml", "junit=", "=report.xml", "html5=report.html"])
def test_what_is_no_report_is_told(tmp_path: Path, report: str) -> None:
    sentence = complaint(run(tmp_path, "--report", report))
    problem = "does not name a kind of report and a file; write for example junit=report.xml; the kinds are: junit, "
    assert sentence.startswith(f"--report {report}: {problem}")


def test_a_report_that_cannot_be_written_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    sentence = complaint(run(tmp_path, "--report", "junit=file/report.xml"))
    assert sentence.startswith("--report file/report.xml: cannot be written (")
    assert sentence.endswith("); choose another file")
    assert not (tmp_path / "run").exists()


def test_a_run_that_comes_to_nothing_leaves_no_report(tmp_path: Path) -> None:
    done = run(tmp_path, "--report", "junit=report.xml", "--gate", "nothing <= 3")
    assert done.returncode == INPUT_WRONG
    assert not (tmp_path / "report.xml").exists()


def test_on_github_the_summary_is_added_to_the_jobs_and_remarks_are_made(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", "utf-8")
    environ = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_WORKSPACE": str(TWELVE.parents[2]),
    }
    done = run(tmp_path, *FAILS, **environ)
    assert done.returncode == GATE_FAILED
    assert summary.read_text("utf-8").startswith("before\n### `twelve`: 1 of 5 FAILED\n")
    assert done.stderr == (
        "::error file=tests/scenarios/twelve.toml,title=fivefifty%3A classifiers.code.wrongly_suppressed <= 1::"
        f"classifiers.code.wrongly_suppressed = 3  (bound: <= 1): 3 recipients, such as {EVE}\n"
    )
    again = apart("check", "run", cwd=tmp_path, environ=environ)
    assert (again.returncode, again.stderr) == (PASSED, "")
    assert summary.read_text("utf-8").count("### `twelve`") == 2


def test_elsewhere_no_summary_and_no_remark_is_made(tmp_path: Path) -> None:
    assert run(tmp_path, *FAILS, CI="true").stderr == ""


def watched(folder: Path, **environ: str) -> str:
    """Return what a terminal of one's own is shown on standard error while a scenario runs."""
    ours, theirs = pty.openpty()
    scenario = small_scenario.write(folder)
    process = subprocess.Popen(
        [COMMAND, "run", str(scenario), "--transport", "memory", "--out", str(folder / "run")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=environment() | {"TERM": "xterm"} | environ,
    )
    os.close(theirs)
    shown = b""
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        try:
            while part := terminal.read(65_536):
                shown += part
        except OSError:
            pass  # what a terminal's end reads as
    assert process.wait(DEADLINE_S) == PASSED
    return shown.decode()


def test_a_terminal_is_drawn_upon_and_that_of_a_ci_job_is_not(tmp_path: Path) -> None:
    assert "destination" in watched(tmp_path)
    assert watched(tmp_path, CI="true") == ""


@pytest.mark.parametrize("wish", [{"FORCE_COLOR": "1"}, {"TTY_COMPATIBLE": "1"}])
def test_no_bar_is_drawn_into_a_pipe_even_where_colour_is_wished_for(tmp_path: Path, wish: dict[str, str]) -> None:
    done = run(tmp_path, **wish)
    assert done.returncode == PASSED
    assert done.stderr == ""
    assert "\x1b[" in done.stdout


def test_who_wants_no_colour_gets_none(tmp_path: Path) -> None:
    done = run(tmp_path, *FAILS, FORCE_COLOR="1", NO_COLOR="1")
    assert "\x1b[31m" not in done.stdout
    assert "\x1b[1;31m" not in done.stdout
