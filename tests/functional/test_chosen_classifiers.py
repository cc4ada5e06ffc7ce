"""Classifiers from the command line and the scenario: found, or an error before any mail is sent."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_scenario
from asked_about import evidence
from deadline import DEADLINE_S, until
from fivefifty_command import COMMAND, INPUT_WRONG, INTERRUPTED, PASSED, complaint, environment, fivefifty

from fake_gateways.truth import Cause
from probe.classify import ClassifierError, Reading
from probe.classify.registry import OURS, choose
from probe.input_error import InputError
from probe.judge.run_classifier import read_all
from probe.judge.story import build_stories
from probe.lab.classifiers import choose_for, look_at
from probe.scenario.load import load

CLASSIFIER_FAILED = 4
TWELVE = Path(__file__).parents[1] / "scenarios" / "twelve.toml"
PROGRAM = """\
import json, sys
for line in sys.stdin:
    told = json.loads(line)
    if "end" in told:
        sys.stdout.flush()
        continue
    gone = told["bounced"] and told["heard"]["code"] == 550
    cause = "user-unknown" if gone else None
    print(json.dumps({"campaign": told["campaign"], "recipient": told["recipient"], "cause": cause, "reason": "550"}))
"""
MODULE = """\
from fake_gateways.truth import Cause
from probe.classify import Advice, Reading


class Gone:
    def classify(self, evidence):
        return Reading(Cause.USER_UNKNOWN)


class Needy(Gone):
    def __init__(self, level):
        self.level = level


class Together:
    def classify_campaign(self, campaign):
        return {recipient: Reading(Cause.USER_UNKNOWN) for recipient in campaign}


class Greedy(Together):
    def classify_campaign(self, campaign):
        campaign.clear()
        return {}


class Broken:
    def __init__(self):
        raise OSError("no model")


def make():
    return Gone()


def make_nothing():
    return None


def leave():
    raise SystemExit(0)


def read(evidence):
    return Reading(Cause.USER_UNKNOWN)


def two(evidence, level):
    return None


def crash(evidence):
    raise ZeroDivisionError("of an\\naddress")


def sneak(evidence):
    raise SystemExit(0)


def dumb(evidence):
    return "dead"


def lists(campaign):
    return None


def misspelt(evidence):
    return Reading("user-unknown")


def unsure(evidence):
    return Reading(None, alive=float("nan"))


def wishful(evidence):
    return Reading(None, wish="suppress")


class Absent:
    classify_campaign = staticmethod(lists)


instance = Gone()
number = 5
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder that holds a module and a program of the user's."""
    (tmp_path / "own_reader.py").write_text(MODULE, "utf-8")
    (tmp_path / "wrong_reader.py").write_text("raise RuntimeError('not today')", "utf-8")
    (tmp_path / "read.py").write_text(PROGRAM, "utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield tmp_path
    for name in ("own_reader", "wrong_reader"):
        sys.modules.pop(name, None)


def read(text: str, folder: Path) -> Reading:
    """Let a classifier read one refusal, as a run would."""
    (chosen,) = choose([text], folder=folder)
    told = build_stories([(evidence("ann@acme.example").last, None)], {})
    with chosen.open() as classifier:
        (reading,) = read_all(chosen.name, classifier, told).values()
    return reading


@pytest.mark.parametrize("name", ["Gone", "make", "read", "instance", "instance.classify", "Together"])
def test_a_python_classifier_is_a_class_a_maker_a_function_or_an_object(name: str, folder: Path) -> None:
    assert read(f"python:own_reader:{name}", folder) == Reading(Cause.USER_UNKNOWN)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "python:own_reader",
            "'own_reader' is not the name of an object; write for example python:my_package.module:Name",
        ),
        ("python:own_reader:x y", "'own_reader:x y' is not the name of an object; "),
        ("python:no_such:Gone", "cannot be imported (ModuleNotFoundError: No module named 'no_such'); correct the"),
        (
            "python:own_reader:Nobody",
            "cannot be imported (AttributeError: module 'own_reader' has no attribute 'Nobody')",
        ),
        ("python:wrong_reader:Gone", "cannot be imported (RuntimeError: not today); "),
        (
            "python:own_reader:number",
            "is a int, which is not a classifier; name a class or a function, or an object with",
        ),
        ("python:own_reader:Needy", "is a class that needs arguments (Needy); name a function"),
        (
            "python:own_reader:two",
            "is a function with more than one argument; give it one argument, the evidence, or none",
        ),
        ("program:no-such-program x", "there is no program no-such-program in PATH; install it, or write ./no-such"),
        ("program:./no-such-program", "/no-such-program is not a file; correct the file name"),
        ("program:./read.py", "/read.py is not executable; run chmod +x on it, or write its interpreter before it"),
        ("program:python3 'read.py", "cannot be split into words (No closing quotation); close the quotes"),
        ("mine=program:''", "there is no program  in PATH; "),
        (
            "nobody",
            f"is not a classifier; use one of: {', '.join(OURS)} (fivefifty classifiers",
        ),
        ("code=text", "has the name code of a built-in classifier; give it another name: NAME=WHAT"),
        ("rules:no.toml", "/no.toml is not a file; correct the file name"),
        ("kumomta:read.py,no.toml", "/no.toml is not a file; correct the file name"),
    ],
)
def test_an_unusable_classifier_is_an_error_before_any_mail_is_sent(text: str, problem: str, folder: Path) -> None:
    with pytest.raises(InputError) as caught:
        choose([text], folder=folder)
    assert str(caught.value).startswith(f"--classifier {text}: ")
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Broken", "Broken() failed: OSError: no model"),
        ("leave", "leave() failed: SystemExit: 0"),
        ("make_nothing", "make_nothing() returned a NoneType, which has neither classify nor classify_campaign"),
        ("crash", "classifier crash failed: ZeroDivisionError: of an address"),
        ("sneak", "classifier sneak failed: SystemExit: 0"),
        ("dumb", "classifier dumb answered 'dead' for ann@acme.example, which is not a Reading"),
        ("misspelt", "classifier misspelt gave ann@acme.example the cause 'user-unknown', which is not a Cause"),
        ("unsure", "classifier unsure gave ann@acme.example the probability nan, not a number from 0 to 1"),
        ("wishful", "classifier wishful gave ann@acme.example the wish 'suppress', which is not an Advice"),
        ("Absent", "classifier absent answered with a NoneType, not with a mapping"),
        ("Greedy", "classifier greedy failed: AttributeError: 'mappingproxy' object has no attribute 'clear'"),
    ],
)
def test_a_failing_python_classifier_is_an_error(name: str, problem: str, folder: Path) -> None:
    with pytest.raises(ClassifierError, match=re.escape(problem)):
        read(f"python:own_reader:{name}", folder)


def install(site: Path, name: str, points: str) -> None:
    """Install a distribution that offers classifiers."""
    info = site / f"{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[fivefifty.classifiers]\n{points}\n", "utf-8")


def test_a_classifier_of_an_installed_distribution_is_found_by_its_name(folder: Path) -> None:
    install(folder, "vendor", "mine = own_reader:Gone\ncode = own_reader:Gone")
    sys.path.append(str(folder))
    assert read("mine", folder) == Reading(Cause.USER_UNKNOWN)
    assert read("code", folder).reason == "enhanced status 5.1.1"  # the baseline keeps its name
    with pytest.raises(InputError, match=rf"use one of: {', '.join(OURS)}, mine \(fivefifty classifiers"):
        choose(["nobody"])
    install(folder, "other", "mine = own_reader:make")
    with pytest.raises(
        InputError, match=r"is offered twice, as own_reader:Gone and own_reader:make; choose one: mine=pyt"
    ):
        choose(["mine"])


def test_the_list_tells_baselines_what_is_offered_and_how_to_name_ones_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(folder, "vendor", "mine = own_reader:Gone\ncode = own_reader:Gone")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    listed = fivefifty("classifiers")
    assert (listed.returncode, listed.stderr) == (PASSED, "")
    lines = dict(re.split(r"  +", line, maxsplit=1) for line in listed.stdout.splitlines())
    assert lines["always-keep"] == "keeps every address."
    assert lines["mine"] == "of vendor 1.2: own_reader:Gone"
    assert lines["code"].endswith("; not used, because fivefifty has a classifier of that name")
    assert lines["program:COMMAND"].startswith("a program in any language")


def test_the_schema_is_printed_as_json() -> None:
    printed = fivefifty("classifiers", "schema")
    assert printed.returncode == PASSED
    assert set(json.loads(printed.stdout)["$defs"]) >= {"Request", "End", "Answer"}


def run(*options: object, cwd: Path, scenario: object = TWELVE) -> Any:
    """Run a scenario in memory."""
    return fivefifty("run", scenario, "--transport", "memory", "--out", cwd / "run", *options, cwd=cwd)


def scores(folder: Path) -> dict[str, Any]:
    """Return the scores of a run's classifiers."""
    found: dict[str, Any] = json.loads((folder / "run" / "scorecard.json").read_text("utf-8"))["classifiers"]
    return found


def test_a_run_is_read_by_a_program_and_a_module_of_the_current_folder(folder: Path) -> None:
    done = run("--classifier", "mine=program:python3 read.py", "--classifier", "python:own_reader:Gone", cwd=folder)
    assert (done.returncode, done.stderr) == (PASSED, "")
    # 550 was said to bob, dora, eve, fay, gus, hal, ida and lea, of whom eve, fay and hal are alive (test_twelve.py).
    wrong = {name: each["wrongly_suppressed"] for name, each in scores(folder).items()}
    assert wrong == {"mine": 3, "gone": 7, "text": 2}  # the scenario has a gate on text


def scenario_of(folder: Path, classifiers: list[str], gate: str = "") -> Path:
    """Write a scenario that names classifiers into a folder of its own."""
    (folder / "elsewhere").mkdir()
    for name in ("read.py", "own_reader.py"):
        (folder / name).rename(folder / "elsewhere" / name)
    text = small_scenario.bent("seed = 7\n", f"seed = 7\nclassifiers = {json.dumps(classifiers)}\n")
    return small_scenario.write(folder / "elsewhere", text + textwrap.dedent(gate))


def test_a_scenario_names_classifiers_in_its_own_folder_and_may_set_gates_on_them(folder: Path) -> None:
    gate = "[expect]\nclassifiers.mine.missed_dead = { max = -1 }\nclassifiers.gone.missed_dead = { max = 0 }\n"
    scenario = scenario_of(folder, ["code", "mine=program:python3 read.py", "python:own_reader:Gone"], gate)
    assert "good. 10 recipients at 1 gateways, 2 gates." in fivefifty("scenario", "check", scenario, cwd=folder).stdout
    done = run("--allow-programs", cwd=folder, scenario=scenario)
    assert "gate FAILED  classifiers.mine.missed_dead" in done.stdout
    assert list(scores(folder)) == ["code", "mine", "gone"]
    sentence = (
        "expect.classifiers.mine: mine does not read this run; "
        "name it with --classifier or in the scenario's classifiers, or use one of: code"
    )
    assert complaint(run("--classifier", "code", cwd=folder, scenario=scenario)) == f"{scenario}: {sentence}"
    checked = fivefifty("check", folder / "run", "--classifier", "code")
    assert complaint(checked) == f"{folder / 'run' / 'ledger.sqlite'}: {sentence}"


@pytest.mark.parametrize("text", ["program:python3 read.py", "python:own_reader:Gone"])
def test_a_scenario_has_code_run_only_if_the_user_allows_it(text: str, folder: Path) -> None:
    scenario = scenario_of(folder, [text])
    told = complaint(run(cwd=folder, scenario=scenario))
    assert told == (
        f"{scenario}: classifiers: {text}: is code that the scenario would have us run; "
        "say --allow-programs if you trust the scenario, or choose by --classifier"
    )
    assert not (folder / "run").exists()


@pytest.mark.parametrize(
    ("classifiers", "problem"),
    [
        (["php:read.php"], "classifiers: php:read.php: 'php' is not a kind of classifier; "),
        (["code", "x=code", "x=text"], "x=text: has the name x, like x=code; "),
        (["x\u001b=code"], "is empty or contains control characters; "),
    ],
)
def test_a_scenarios_classifiers_are_checked_with_it(classifiers: list[str], problem: str, folder: Path) -> None:
    loaded = load(scenario_of(folder, classifiers))
    for checked in (look_at, lambda loaded: choose_for(loaded, None)):
        with pytest.raises(InputError) as caught:
            checked(loaded)
        assert str(caught.value).startswith(f"{loaded.path}: classifiers: ")
        assert problem in str(caught.value)


def test_a_check_neither_imports_nor_starts_anything(folder: Path) -> None:
    (folder / "own_reader.py").write_text("open('imported', 'w')", "utf-8")
    (folder / "read.py").write_text("open('started', 'w')", "utf-8")
    scenario = scenario_of(folder, ["program:python3 read.py", "python:own_reader:Gone", "http://192.0.2.1/"])
    assert fivefifty("scenario", "check", scenario, cwd=folder / "elsewhere").returncode == PASSED
    assert {path.name for path in (folder / "elsewhere").iterdir()} == {
        "read.py", "own_reader.py", "small.toml", "news.eml",
    }  # fmt: skip


def test_a_failed_program_ends_the_run_with_its_last_output_and_exit_code_4(folder: Path) -> None:
    (folder / "read.py").write_text("import sys; sys.exit('no \\x1b[2Jmodel')", "utf-8")
    done = run("--classifier", "mine=program:python3 read.py", cwd=folder)
    assert done.returncode == CLASSIFIER_FAILED
    assert done.stderr.startswith("fivefifty: classifier mine exited with code 1 with no answer yet for gus@liar")
    assert done.stderr.endswith("and 7 more; last lines on standard error: no ?[2Jmodel\n")


def test_the_user_sets_how_long_a_program_may_be_silent(folder: Path) -> None:
    (folder / "read.py").write_text("import time; time.sleep(600)", "utf-8")
    done = run("--classifier", "mine=program:python3 read.py", "--classifier-timeout", "0.2", cwd=folder)
    assert done.returncode == CLASSIFIER_FAILED
    assert "classifier mine did nothing for 0.2 s with no answer yet for gus@liar.example, " in done.stderr


def test_ctrl_c_ends_the_program_as_well(folder: Path) -> None:
    (folder / "read.py").write_text("import os, time; open(str(os.getpid()), 'w'); time.sleep(600)", "utf-8")
    command = [COMMAND, "run", TWELVE, "--transport", "memory", "--out", folder / "run"]
    with subprocess.Popen(
        [*command, "--classifier", "program:python3 read.py"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        until(lambda: any(path.name.isdigit() for path in folder.iterdir()))
        (pid,) = (int(path.name) for path in folder.iterdir() if path.name.isdigit())
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == INTERRUPTED
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_an_endpoint_beyond_this_machine_is_refused_before_anything_is_sent(folder: Path) -> None:
    done = run("--classifier", "http://192.0.2.1/", cwd=folder)
    assert done.returncode == INPUT_WRONG
    assert "192.0.2.1 is not a loopback address" in done.stderr
    assert not (folder / "run").exists()


def test_a_classifier_cannot_have_the_name_of_reported_causes() -> None:
    with pytest.raises(
        InputError,
        match=r"reported=code: has the name reported, which is reserved for reports of another mail system; give it",
    ):
        choose(["reported=code"])
