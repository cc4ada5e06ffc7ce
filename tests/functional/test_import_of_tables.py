"""fivefifty import reads tables with what the user says about them."""

from __future__ import annotations

import json
from pathlib import Path

from fivefifty_command import complaint, fivefifty
from intake_samples import SAMPLES


def test_a_mistake_in_a_table_names_the_file(tmp_path: Path) -> None:
    table = tmp_path / "bounces.csv"
    table.write_text("who,event\nann@a.example,bounced\n", "utf-8")
    done = fivefifty("import", table, "--from", "csv", "--out", tmp_path / "made")
    problem = "has no column that tells the recipient (found: who, event); map one to it: --columns recipient=NAME"
    assert complaint(done) == f"{table}: line 1: {problem}"


def test_a_list_of_bounces_is_read_with_what_the_user_says_about_it(tmp_path: Path) -> None:
    table = tmp_path / "bounces.csv"
    table.write_text("sep=;\nWho;When\nAnn <ann@a.example>;04/03/2026 09:00\n", "utf-16")
    said = ["--from", "csv", "--as", "events", "--columns", "recipient=Who", "--columns", "at=When", "--kind", "bounce"]
    done = fivefifty("import", table, *said, "--dates", "dmy")
    assert json.loads(done.stdout) == {"kind": "refused", "recipient": "ann@a.example", "at": 1772614800.0}
    sentence = complaint(fivefifty("import", SAMPLES[0].path, "--from", "postfix", "--kind", "bounce"))
    assert sentence == "--kind: is not for --from postfix; use it with one of: csv, jsonl"
