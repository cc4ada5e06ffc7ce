"""A second import into the same folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from fivefifty_command import PASSED, complaint, fivefifty
from intake_samples import SAMPLES


@pytest.mark.parametrize("edited", ["scenario.toml", "message.eml", "recipients.csv", "logged"])
def test_a_second_import_overwrites_what_may_be_edited_only_by_force(edited: str, tmp_path: Path) -> None:
    there = tmp_path / "made" / edited
    there.parent.mkdir()
    there.write_text("mine", "utf-8")
    arguments = (SAMPLES[0].path, "--from", "postfix", "--out", tmp_path / "made")
    remedy = "overwrite it with --force, or choose another folder with --out"
    assert complaint(fivefifty("import", *arguments)) == f"{there}: exists already, and may have been edited; {remedy}"
    assert [each.read_text("utf-8") for each in (tmp_path / "made").iterdir()] == ["mine"]


def test_an_import_by_force_writes_every_file_anew(tmp_path: Path) -> None:
    arguments = (SAMPLES[0].path, "--from", "postfix", "--out", tmp_path / "made")
    assert fivefifty("import", *arguments).returncode == PASSED
    scenario = tmp_path / "made" / "scenario.toml"
    scenario.write_text("edited", "utf-8")
    assert fivefifty("import", *arguments, "--force").returncode == PASSED
    assert scenario.read_text("utf-8") != "edited"


def test_an_import_by_force_leaves_no_list_of_an_earlier_one(tmp_path: Path) -> None:
    arguments = (SAMPLES[0].path, "--from", "postfix", "--out", tmp_path / "made")
    assert fivefifty("import", *arguments, "--keep-names").returncode == PASSED
    old = tmp_path / "made" / "logged" / "gateway-9.csv"
    old.write_text("recipient,replies\nanna.berg@northwind.example,-\n", "utf-8")
    assert fivefifty("import", *arguments, "--force").returncode == PASSED
    assert not old.exists()


def test_a_log_without_an_attempt_says_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "opens.csv").write_text("email,event\nann@a.example,open\nben@a.example,complaint\n", "utf-8")
    said = complaint(fivefifty("import", tmp_path / "opens.csv", "--from", "csv", "--out", tmp_path / "made"))
    problem = "holds no attempt to deliver, only 1 complaint, 1 opened"
    assert said == f"{tmp_path}/opens.csv: {problem}; import a log with deliveries, deferrals or refusals"
