"""The report of a run: written by run and check, made anew by report, and what is said where that cannot be."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from fivefifty_command import GATE_FAILED, PASSED, complaint, fivefifty

TWELVE = Path(__file__).parent.parent / "scenarios" / "twelve.toml"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the twelve, with their dialogues."""
    folder = tmp_path_factory.mktemp("report") / "run"
    done = fivefifty("run", TWELVE, "--transport", "memory", "--out", folder, "--transcripts")
    assert (done.returncode, done.stderr) == (PASSED, "")
    return folder


@pytest.fixture
def run(once: Path, tmp_path: Path) -> Path:
    """Return books of one's own."""
    return Path(shutil.copytree(once, tmp_path / "run"))


def recipients(page: Path) -> dict[str, Any]:
    """Return what a page's script reads of the recipients."""
    found = re.search(r'id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])["recipients"]
    return read


def test_a_run_writes_its_report_beside_the_scorecard_and_says_where(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    done = fivefifty("run", TWELVE, "--transport", "memory", "--out", folder)
    assert done.stdout.endswith(f"report {folder}/report.html\n")
    text = (folder / "report.html").read_text("utf-8")
    assert "<h1><bdi>Twelve recipients, one for each thing that can happen</bdi></h1>" in text
    assert all(f">{sentence}</p>" in text for sentence in done.stdout.split("\n\n")[0].splitlines())
    assert [path.name for path in folder.iterdir() if path.name.startswith(".report")] == []


def test_the_report_has_every_recipient_of_a_small_run_with_its_dialogue(once: Path) -> None:
    found = recipients(once / "report.html")
    assert (found["of_interest"], found["listed"]) == (12, 12)
    (eve,) = (row for row in found["rows"] if found["texts"][row[0]] == "eve@liar.example")
    story = [line if isinstance(line, str) else found["texts"][line] for line in eve[7]]
    assert any("< 354" in line for line in story)
    assert "truth: refused for content by policy content, claimed as user-unknown" in story


def test_judging_again_writes_it_again(run: Path) -> None:
    (run / "report.html").unlink()
    gate = "classifiers.code.wrongly_suppressed <= 1"
    assert fivefifty("check", run, "--gate", gate).returncode == GATE_FAILED
    assert "gates failed" in (run / "report.html").read_text("utf-8")


def test_the_command_makes_the_same_report_from_books_and_scorecard(run: Path, once: Path) -> None:
    (run / "report.html").unlink()
    done = fivefifty("report", run)
    assert (done.returncode, done.stdout, done.stderr) == (PASSED, f"{run}/report.html\n", "")
    assert (run / "report.html").read_bytes() == (once / "report.html").read_bytes()


def test_it_can_be_written_elsewhere(run: Path, tmp_path: Path) -> None:
    before = (run / "report.html").read_bytes()
    (run / "report.html").unlink()
    assert fivefifty("report", run, "--out", tmp_path / "elsewhere.html").returncode == PASSED
    assert (tmp_path / "elsewhere.html").read_bytes() == before
    assert not (run / "report.html").exists()


def test_it_can_be_made_of_a_run_that_the_naive_classifier_was_not_asked_about(run: Path) -> None:
    fivefifty("check", run, "--classifier", "text")
    before = (run / "report.html").read_bytes()
    assert fivefifty("report", run).returncode == PASSED
    assert (run / "report.html").read_bytes() == before
    assert recipients(run / "report.html")["classifiers"] == ["text"]


def test_what_another_system_reported_is_what_counts_as_reported(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "reported.csv"
    file.write_text("recipient,event,code,enhanced,reply\nann@plain.example,bounce,550,5.1.1,no\n", "utf-8")
    said = ("--reported", file, "--format", "csv", "--columns", "kind=event")
    done = fivefifty("check", run, *said)
    assert "Reported: 1 hard bounce (8.3%)." in done.stdout
    page = run / "report.html"
    assert "what the reporting system calls one" in page.read_text("utf-8")
    found = recipients(page)
    (ann,) = (row for row in found["rows"] if found["texts"][row[0]] == "ann@plain.example")
    assert found["texts"][ann[3]] == "lied"
    before = page.read_bytes()
    assert fivefifty("report", run).returncode == PASSED
    assert page.read_bytes() == before


def test_where_there_is_no_run_that_is_said(tmp_path: Path) -> None:
    sentence = complaint(fivefifty("report", tmp_path))
    assert sentence.endswith(
        "scorecard.json: cannot be read (No such file or directory); judge the run with fivefifty check"
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"scenario": 1, "gates": []}', "\udcff"])
def test_what_is_no_scorecard_is_told(run: Path, text: str) -> None:
    (run / "scorecard.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    sentence = complaint(fivefifty("report", run))
    assert sentence.endswith("is not a scorecard of this version; judge the run with fivefifty check")


def test_a_place_that_cannot_be_written_is_told(run: Path) -> None:
    sentence = complaint(fivefifty("report", run, "--out", run / "none" / "report.html"))
    assert sentence.endswith("cannot be written (No such file or directory); choose another file with --out")
