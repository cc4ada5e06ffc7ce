"""What an import leaves out is counted, with an example."""

from __future__ import annotations

from pathlib import Path

from fivefifty_command import complaint, fivefifty
from intake_samples import SAMPLES


def test_what_names_no_address_is_counted_and_shown(tmp_path: Path) -> None:
    table = tmp_path / "bounces.csv"
    table.write_text("email,event\nann@localhost,bounced\n", "utf-8")
    done = fivefifty("import", table, "--from", "csv", "--out", tmp_path / "made")
    assert complaint(done).startswith(
        f"{table}: contains no recipient (0 lines could not be read, 1 have no valid address, such as 'ann@localhost')"
    )
    table.write_text("email,event\nann@localhost,bounced\nann@a.example,bounced\n", "utf-8")
    done = fivefifty("import", table, "--from", "csv", "--out", tmp_path / "made")
    assert "1 events without a valid address are left out; the first has 'ann@localhost'." in done.stdout


def test_an_empty_log_is_told(tmp_path: Path) -> None:
    (tmp_path / "mail.log").write_text("")
    said = complaint(fivefifty("import", tmp_path / "mail.log", "--from", "postfix", "--as", "events"))
    assert said == f"{tmp_path}/mail.log: holds nothing; check the file name"


def test_lines_that_could_not_be_read_are_counted_by_reason(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(SAMPLES[0].path.read_text("utf-8") + "Starting\nStarted\n", "utf-8")
    done = fivefifty("import", log, "--from", "postfix", "--out", tmp_path / "made")
    assert "lines could not be read:\n" in done.stdout
    assert "  2: line 25 (not a line of Postfix): Starting\n" in done.stdout
