"""A folder belongs to one run at a time, and what went before stays until a run can really begin."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import small_scenario
from fivefifty_command import COMMAND, PASSED, complaint, environment, fivefifty

from probe.ledger.locks import locked


def digest(folder: Path) -> str:
    """Return what the command says of the books."""
    return fivefifty("books", folder).stdout


def test_a_folder_in_use_is_refused_and_its_books_stay(tmp_path: Path) -> None:
    scenario, folder = small_scenario.write(tmp_path), tmp_path / "run"
    assert fivefifty("run", scenario, "--out", folder, "--transport", "memory").returncode == PASSED
    before = digest(folder)
    with locked(folder):
        told = complaint(fivefifty("run", scenario, "--out", folder, "--transport", "memory"))
        assert (
            told == f"{folder}: is in use by another run or serve; wait for its end or choose another folder with --out"
        )
        assert complaint(fivefifty("serve", scenario, "--out", folder)) == told
    assert digest(folder) == before
    assert fivefifty("run", scenario, "--out", folder, "--transport", "memory").returncode == PASSED


def test_an_address_beyond_loopback_is_refused_before_old_books_are_touched(tmp_path: Path) -> None:
    scenario, folder = small_scenario.write(tmp_path), tmp_path / "run"
    fivefifty("run", scenario, "--out", folder, "--transport", "memory")
    before = digest(folder)
    text = scenario.read_text("utf-8").replace(
        'persona = "proofpoint"', 'persona = "proofpoint"\naddress = "192.0.2.7"'
    )
    scenario.write_text(text, "utf-8")
    assert complaint(fivefifty("run", scenario, "--out", folder)).startswith("192.0.2.7 is not a loopback address")
    assert digest(folder) == before


def test_a_folder_with_a_question_mark_is_a_folder_like_any_other(tmp_path: Path) -> None:
    folder = tmp_path / "a?b"
    done = fivefifty("run", small_scenario.write(tmp_path), "--out", folder, "--transport", "memory")
    assert done.returncode == PASSED
    assert (folder / "ledger.sqlite").is_file()


def test_a_finished_ledger_is_one_plain_file(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    fivefifty("run", small_scenario.write(tmp_path), "--out", folder, "--transport", "memory")
    assert {file.name for file in folder.iterdir()} == {
        ".judging",
        ".lock",
        "ledger.sqlite",
        "report.html",
        "scorecard.json",
    }
    assert (folder / "ledger.sqlite").read_bytes()[18:20] == b"\1\1"  # no write-ahead log (SQLite file format 1.3)


def test_more_workers_than_lanes_are_no_more_workers(tmp_path: Path) -> None:
    scenario = small_scenario.write(tmp_path)
    done = fivefifty("run", scenario, "--out", tmp_path / "r", "--transport", "memory", "--workers", 10**8)
    assert done.returncode == PASSED


def test_a_reader_that_has_seen_enough_is_no_failed_gate(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    fivefifty("run", small_scenario.write(tmp_path), "--out", folder, "--transport", "memory")
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [COMMAND, "books", folder, "--export"],
        check=False,
        env=environment(),
        stderr=subprocess.PIPE,
        stdout=writes,
        timeout=60,
    )
    os.close(writes)
    assert (done.returncode, done.stderr) == (141, b"")


def test_damaged_books_are_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    fivefifty("run", small_scenario.write(tmp_path), "--out", folder, "--transport", "memory")
    ledger = folder / "ledger.sqlite"
    octets = bytearray(ledger.read_bytes())
    octets[len(octets) // 3 :] = b"\xff" * (len(octets) - len(octets) // 3)
    ledger.write_bytes(octets)
    assert complaint(fivefifty("books", folder)).startswith(str(ledger))
