"""fivefifty diagnose RUN --doubtful asks about the recipients of a run of whom ``context`` is not sure."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fivefifty_command import complaint, fivefifty
from small_scenario import SCENARIO, bent, write

from probe.cli.exit_codes import Exit
from probe.ledger import Ledger

LISTED = bent(
    '{ address = "127.10.0.1" }',
    '{ address = "127.10.0.1", listed = [{ zone = "bl.example.net" }] }, { address = "127.11.0.1", share = 0.000001 }',
    SCENARIO.replace('claims = { content = "user-unknown" }', 'claims = { ip-reputation = "user-unknown" }')
    .replace('persona = "proofpoint"', 'persona = "cisco-esa"')
    .replace("count = 10 ", "count = 40 ")
    .replace("count = 20, departed = 0.1 ", "count = 40, departed = 0.2 ")
    .replace('type = "content"', 'type = "ip-reputation"\n  zones = ["bl.example.net"]\n  at = "rcpt"'),
)
"""A gateway that refuses a listed address, as if no recipient existed, and of whose recipients a fifth are gone."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, LISTED)
    done = fivefifty("run", "small.toml", "--transport", "memory", "--out", "run", cwd=tmp_path)
    assert done.returncode == Exit.PASSED, done.stderr
    return tmp_path


def diagnosed(folder: Path, *options: object) -> dict[str, Any]:
    """Diagnose the run, and return what was found."""
    done = fivefifty("diagnose", "run", "--doubtful", *options, "--json", cwd=folder)
    assert done.returncode == Exit.REASON_FOUND, done.stderr
    assert done.stdout == (folder / "run" / "diagnoses.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def mistakes(folder: Path) -> tuple[int, int]:
    """Judge the run again: return the living that ``context`` suppresses, and the gone that it keeps."""
    done = fivefifty("check", "run", "--classifier", "context", cwd=folder)
    assert done.returncode == Exit.PASSED, done.stderr
    context = json.loads((folder / "run" / "scorecard.json").read_text("utf-8"))["classifiers"]["context"]
    return context["wrongly_suppressed"], context["missed_dead"]


def test_what_is_found_is_evidence_when_the_run_is_judged_again(folder: Path) -> None:
    assert mistakes(folder) == (0, 8)
    with Ledger.open(folder / "run") as ledger:
        before = ledger.digest()
    found = diagnosed(folder)
    assert (found["recipients"], found["asked"]) == (40, 40)
    assert found["settled"] >= 32
    lost, missed = mistakes(folder)
    assert lost == 0
    assert missed < 4
    with Ledger.open(folder / "run") as ledger:
        assert ledger.digest() == before
    one = found["groups"][0]["recipients"][0]
    explained = fivefifty("explain", "run", "--recipient", one["recipient"], cwd=folder)
    assert f"Experiments about this recipient: {next(iter(one['causes']))}" in explained.stdout


def test_a_small_budget_is_kept_and_one_answer_tells_something_of_all(folder: Path) -> None:
    found = diagnosed(folder, "--experiments", 6)
    assert found["experiments"] <= 6
    assert found["asked"] < 10
    (group,) = found["groups"]
    assert {each["asked"] for each in group["recipients"]} == {True, False}
    causes = {next(iter(each["causes"])) for each in group["recipients"] if not each["asked"]}
    assert causes == {next(iter(group["causes"]))}


def test_both_transports_find_the_same_and_again(folder: Path) -> None:
    found = [diagnosed(folder, "--transport", transport, "--experiments", 6) for transport in ("memory", "tcp", "tcp")]
    assert found[0] == found[1] == found[2]


def test_the_table_names_cause_and_share(folder: Path) -> None:
    done = fivefifty("diagnose", "run", "--doubtful", "--experiments", 6, cwd=folder)
    assert done.returncode == Exit.REASON_FOUND, done.stderr
    assert "ip-reputation" in done.stdout
    assert "40 doubtful recipients in 1 group: asked about" in done.stdout


def test_a_run_without_doubt_costs_nothing(tmp_path: Path) -> None:
    write(tmp_path, bent("departed = 0.1", "departed = 0.0"))
    fivefifty("run", "small.toml", "--transport", "memory", "--out", "run", cwd=tmp_path)
    done = fivefifty("diagnose", "run", "--doubtful", cwd=tmp_path)
    assert done.returncode == Exit.PASSED, done.stderr
    assert "nothing to ask" in done.stdout


def test_a_run_of_another_scenario_is_one_sentence(folder: Path) -> None:
    write(folder, LISTED.replace("seed = 7", "seed = 7\n").replace("departed = 0.2", "departed = 0.3"))
    done = fivefifty("diagnose", "run", "--doubtful", cwd=folder)
    assert done.returncode == Exit.INPUT_WRONG
    assert "holds no run of small.toml as it is now" in done.stderr
    (folder / "small.toml").unlink()
    done = fivefifty("diagnose", "run", "--doubtful", cwd=folder)
    assert done.returncode == Exit.INPUT_WRONG
    assert "name its scenario with --scenario" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_scenario_that_was_moved_can_be_named(folder: Path) -> None:
    (folder / "small.toml").rename(folder / "moved.toml")
    assert diagnosed(folder, "--scenario", "moved.toml", "--experiments", 6)["asked"] >= 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("small.toml",), "--recipient: is missing"),
        (("small.toml", "--doubtful"), "ledger"),
        (("run", "--doubtful", "--recipient", "ann@acme.example"), "is of no use here"),
    ],
)
def test_what_does_not_fit_together_is_one_sentence(folder: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = fivefifty("diagnose", *arguments, cwd=folder)
    assert done.returncode == Exit.INPUT_WRONG
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_page_of_the_run_shows_what_was_found_until_the_run_is_made_anew(folder: Path) -> None:
    def page() -> str:
        assert fivefifty("report", "run", cwd=folder).returncode == Exit.PASSED
        return (folder / "run" / "report.html").read_text("utf-8")

    assert '<section id="experiments"' not in page()
    found = diagnosed(folder, "--experiments", 6)
    text = page()
    assert f"{found['asked']} of 40 doubtful recipients asked about with {found['experiments']} experiments" in text
    assert all(f"<bdi>{each['recipient']}</bdi>: " in text for each in found["groups"][0]["diagnoses"])
    kept = folder / "run" / "diagnoses.json"
    kept.write_text('{"schema": 1}', "utf-8")
    sentence = complaint(fivefifty("report", "run", cwd=folder))
    assert "diagnoses.json: is not what experiments of this version have found; remove it, or run" in sentence
    assert fivefifty("run", "small.toml", "--transport", "memory", "--out", "run", cwd=folder).returncode == Exit.PASSED
    assert not kept.exists()


def test_a_run_that_is_not_finished_or_has_a_real_server_is_one_sentence(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "run" / "ledger.sqlite")) as books, books:
        books.execute("UPDATE note SET value = 'no' WHERE key = 'complete'")
    assert "is not finished; finish it with fivefifty run --resume" in complaint(
        fivefifty("diagnose", "run", "--doubtful", cwd=folder)
    )
    write(folder, LISTED.replace('name = "small"', 'name = "small"\nclock = "wall"'))
    assert "has real servers or real time" in complaint(fivefifty("diagnose", "run", "--doubtful", cwd=folder))
