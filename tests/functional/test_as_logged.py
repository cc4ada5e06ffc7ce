"""What was taken from a log is never called true."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fivefifty_command import PASSED, fivefifty

LOG = """\
email,event,at,code,enhanced,reply
ann@acme.example,bounced,2026-03-02T08:00:00Z,550,5.1.1,User unknown
ben@acme.example,bounced,2026-03-02T08:00:01Z,550,,Go away
cyd@acme.example,bounced,2026-03-02T08:00:02Z,554,5.7.1,Message looks like spam
dan@beta.example,deferred,2026-03-02T08:00:03Z,451,,No reason
dan@beta.example,delivered,2026-03-02T08:10:03Z,250,2.0.0,ok
eve@beta.example,delivered,2026-03-02T08:00:04Z,250,2.0.0,ok
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of an imported scenario, and what it printed."""
    folder = tmp_path_factory.mktemp("as_logged")
    (folder / "log.csv").write_text(LOG, "utf-8")
    done = fivefifty("import", folder / "log.csv", "--from", "csv", "--keep-names", "--out", folder / "made")
    assert done.returncode == PASSED, done.stderr
    scenario = folder / "made" / "scenario.toml"
    options = ("--transport", "memory", "--classifier", "text", "--classifier", "context", "--out", folder / "run")
    done = fivefifty("run", scenario, *options, "--report", f"markdown={folder / 'run.md'}")
    assert (done.returncode, done.stderr) == (PASSED, "")
    (folder / "printed.txt").write_text(done.stdout, "utf-8")
    return folder


UNKNOWN = "Causes still unknown: those of 1 of 3 refused recipients."
SAID = "The other causes, and who is gone or alive, are as the log says, unless you changed them."


def test_the_terminal_counts_unknown_causes_first_and_says_where_the_others_come_from(run: Path) -> None:
    printed = (run / "printed.txt").read_text("utf-8")
    assert printed.startswith(f"{UNKNOWN}\n{SAID}\nOf 5 recipients, 2 received the message.\n")
    assert "Gone, as the log says: 1 of them" in printed
    assert "Mistakes of each classifier, as the log says (95 % intervals)" in printed
    assert "Really gone" not in printed
    assert fivefifty("check", run / "run", "--classifier", "text", "--classifier", "context").stdout.startswith(UNKNOWN)
    assert f"- {UNKNOWN}\n- {SAID}\n" in (run / "run.md").read_text("utf-8")


def test_the_scorecard_says_so_and_has_no_calibration(run: Path) -> None:
    card = json.loads((run / "run" / "scorecard.json").read_text("utf-8"))
    assert card["truth_is"] == "as the log says"
    assert [card["classifiers"][name]["calibration"] for name in ("text", "context")] == [None, None]


def test_the_page_calls_nothing_true(run: Path) -> None:
    page = (run / "run" / "report.html").read_text("utf-8").partition("<script>")[0]
    shown = page.partition("<body>")[2]
    for words in (UNKNOWN, "Report and log", "gone, as the log says", "Logged cause", "as the log says: refused for"):
        assert words in shown
    for words in (
        "(wrong)",
        "are correct",
        "judged wrongly",
        "truth:",
        "Truth",
        "True cause",
        "really gone",
        "In truth",
        "Are the probabilities right?",
    ):
        assert words not in shown


def test_a_comparison_of_classifiers_says_so(run: Path) -> None:
    basis = "Who is gone and who is alive is as the log says, unless you changed it.\n"
    compared = fivefifty("compare", f"{run / 'run'}:text", f"{run / 'run'}:context")
    assert compared.stdout.startswith(basis)


def test_the_story_of_a_recipient_says_so(run: Path) -> None:
    gone = fivefifty("show", run / "run", "--recipient", "ann@acme.example").stdout
    assert gone.startswith("mailbox    departed at gateway-1, as the log says\n")
    assert "  as the log says: refused for user-unknown by policy as-logged\n" in gone
    came = fivefifty("show", run / "run", "--recipient", "eve@beta.example").stdout
    assert "  as the log says: inbox\n" in came
    assert "truth" not in gone + came
