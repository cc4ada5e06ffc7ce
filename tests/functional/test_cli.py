"""The command line in a pipe: exit codes, help, the schema, gates, and output that a terminal cannot be harmed by."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import small_scenario
from fivefifty_command import GATE_FAILED, INPUT_WRONG, PASSED, complaint, fivefifty
from small_scenario import MESSAGE, SCENARIO, bent

from probe.cli import commands
from probe.ledger import Ledger

COMMANDS = [[], *([command.name] for command in commands.COMMANDS), ["scenario", "check"], ["scenario", "schema"]]
SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))


def run(tmp_path: Path, text: str = SCENARIO, *options: str, **files: str) -> subprocess.CompletedProcess[str]:
    scenario = small_scenario.write(tmp_path, text, **files)
    return fivefifty("run", scenario, "--transport", "memory", "--out", tmp_path / "run", *options)


def scorecard(tmp_path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((tmp_path / "run" / "scorecard.json").read_text("utf-8"))
    return read


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: " ".join(words) or "fivefifty")
def test_help_is_given_for_every_command(command: list[str]) -> None:
    finished = fivefifty(*command, "--help")
    assert finished.returncode == PASSED
    assert finished.stderr == ""
    assert " ".join(["Usage: fivefifty", *command]) in finished.stdout
    assert "\x1b" not in finished.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["walk"],
        ["run"],
        ["run", "a.toml", "b.toml"],
        ["run", "a.toml", "--speed", "2"],
        ["run", "a.toml", "--transport", "pigeon"],
        ["run", "a.toml", "--workers", "0"],
        ["run", "a.toml", "--seed", "many"],
        ["serve", "a.toml", "--port", "0"],
        ["serve", "a.toml", "--dns-port", "65536"],
        ["serve", "a.toml", "--speed", "0"],
        ["books"],
        ["scenario"],
        ["scenario", "check"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_in_exit_code_2_with_one_sentence_that_names_the_help(words: list[str]) -> None:
    finished = fivefifty(*words)
    assert finished.returncode == INPUT_WRONG
    if words == ["scenario"]:
        assert "Usage: fivefifty scenario" in finished.stdout
        assert finished.stderr == ""
    else:
        assert complaint(finished).endswith(" --help")


@pytest.mark.parametrize("transport", ["memory", "tcp"])
def test_a_run_without_gates_passes_and_its_output_in_a_pipe_holds_no_escape_code(
    tmp_path: Path, transport: str
) -> None:
    finished = run(tmp_path, SCENARIO, "--transport", transport)
    assert (finished.returncode, finished.stderr) == (PASSED, "")
    assert finished.stdout.startswith("Of 10 recipients, ")
    assert all(line.isprintable() for line in finished.stdout.splitlines()), finished.stdout


def test_a_gate_that_holds_is_named_and_leads_to_exit_code_0(tmp_path: Path) -> None:
    finished = run(tmp_path, SCENARIO + "\n[expect]\nrecipients = { equals = 10 }\n")
    assert finished.returncode == PASSED
    assert "gate passed  recipients = 10  (bound: = 10)\n" in finished.stdout
    assert scorecard(tmp_path)["gates"] == [{"name": "recipients", "passed": True, "value": 10, "bound": "= 10"}]


def test_a_gate_that_fails_is_named_and_leads_to_exit_code_1(tmp_path: Path) -> None:
    gates = "\n[expect]\nrecipients = { min = 10 }\ntruth.alive = { max = 3 }\n"
    finished = run(tmp_path, SCENARIO + gates)
    assert (finished.returncode, finished.stderr) == (GATE_FAILED, "")
    alive = scorecard(tmp_path)["truth"]["alive"]
    assert f"gate FAILED  truth.alive = {alive}  (bound: <= 3)\n" in finished.stdout
    assert "gate passed  recipients = 10  (bound: >= 10)\n" in finished.stdout
    assert [gate["passed"] for gate in scorecard(tmp_path)["gates"]] == [True, False]


def test_a_gate_on_a_baseline_is_judged_whoever_else_reads(tmp_path: Path) -> None:
    gate = '\n[expect.classifiers."always-keep"]\nmissed_dead = { max = -1 }\n'
    assert run(tmp_path, SCENARIO + gate).returncode == GATE_FAILED
    assert run(tmp_path, SCENARIO + gate, "--classifier", "code").returncode == GATE_FAILED
    assert list(scorecard(tmp_path)["classifiers"]) == ["code", "always-keep"]
    checked = fivefifty("check", tmp_path / "run", "--classifier", "text")
    assert "gate FAILED  classifiers.always-keep.missed_dead" in checked.stdout


def test_a_gate_of_the_command_line_on_a_classifier_that_does_not_read_is_an_error(tmp_path: Path) -> None:
    run(tmp_path, SCENARIO)
    gate = ("--classifier", "code", "--gate", "classifiers.text.missed_dead <= 9")
    for done in (run(tmp_path, SCENARIO, *gate), fivefifty("check", tmp_path / "run", *gate)):
        assert complaint(done).startswith("--gate.classifiers.text: text does not read this run; name it ")


def test_the_books_of_a_finished_run_say_that_they_are_complete(tmp_path: Path) -> None:
    run(tmp_path)
    finished = fivefifty("books", tmp_path / "run")
    assert (finished.returncode, finished.stderr) == (PASSED, "")
    lines = dict(line.split(maxsplit=1) for line in finished.stdout.splitlines())
    assert lines["scenario"] == "small, seed 7, transport memory"
    assert lines["state"] == "complete"
    assert lines["planned"] == "10"
    assert lines["sha256"] == scorecard(tmp_path)["books"]


def test_the_hash_of_the_books_is_made_again_from_what_is_printed(tmp_path: Path) -> None:
    run(tmp_path)
    listed = fivefifty("books", tmp_path / "run", "--hashes").stdout
    assert hashlib.sha256(listed.encode()).hexdigest() == scorecard(tmp_path)["books"]
    exported = ""
    for line in listed.splitlines():
        digest, name = line.split("  ")
        part = fivefifty("books", tmp_path / "run", "--part", name).stdout
        assert hashlib.sha256(part.encode()).hexdigest() == digest
        exported += part
    assert exported == fivefifty("books", tmp_path / "run", "--export").stdout
    complained = complaint(fivefifty("books", tmp_path / "run", "--part", "truth/nobody"))
    assert complained.endswith("has no part truth/nobody; see fivefifty books RUN --hashes")


def test_another_seed_by_option_is_in_the_books(tmp_path: Path) -> None:
    assert run(tmp_path, SCENARIO, "--seed", "8").returncode == PASSED
    assert "seed 8," in fivefifty("books", tmp_path / "run").stdout


@pytest.mark.parametrize("transport", ["memory", "tcp"])
def test_a_message_over_the_gateways_size_limit_is_a_result_and_no_error(tmp_path: Path, transport: str) -> None:
    # RFC 1870 section 6.1: a declared size beyond the limit is refused with 552 in reply to MAIL.
    large = MESSAGE + "All work and no play.\n" * 100
    text = bent("claims =", 'size_limit = "1 kB"\nclaims =')
    finished = run(tmp_path, text, "--transport", transport, message=large)
    assert (finished.returncode, finished.stderr) == (PASSED, "")
    with Ledger.open(tmp_path / "run") as ledger:
        truths, attempts = list(ledger.truths()), list(ledger.attempts())
    assert {(row.code, row.enhanced, row.cause, row.fate, row.stage) for row in truths} == {
        (552, "5.3.4", "too-large", "refused", "mail")
    }
    assert {(row.code, row.outcome) for row in attempts} == {(552, "refused")}
    assert len(truths) == len(attempts) == 10
    assert scorecard(tmp_path)["truth"]["by_cause"]["too-large"]["refused"] == 10


@pytest.mark.parametrize("hostile", ["\\u001b[31mred", "\\u001b]0;owned\\u0007", "\\u009b2J", "[bold]tags[/bold]"])
def test_control_characters_in_title_and_story_never_reach_the_terminal(tmp_path: Path, hostile: str) -> None:
    text = bent('title = "A small scenario"', f'title = "{hostile}"\nstory = "{hostile}"')
    finished = run(tmp_path, text)
    checked = fivefifty("scenario", "check", tmp_path / "small.toml")
    booked = fivefifty("books", tmp_path / "run")
    for each in (finished, checked, booked):
        assert each.returncode == PASSED
        assert all(line.isprintable() for line in (each.stdout + each.stderr).splitlines()), each


@pytest.mark.parametrize("scenario", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_scenario_checks_good(scenario: Path) -> None:
    finished = fivefifty("scenario", "check", scenario)
    assert (finished.returncode, finished.stderr) == (PASSED, "")
    assert re.fullmatch(
        rf"{re.escape(str(scenario))}: good\. [\d,]+ recipients at [\d,]+ gateways?, \d+ gates?\.\n", finished.stdout
    )
