"""The table of a run's doubtful recipients."""

from __future__ import annotations

import io

from book_rows import refused
from diagnosing import RECIPIENT, diagnosed
from rich.console import Console

from fake_gateways.truth import Cause
from probe.diagnose.choice import Budget
from probe.diagnose.doubtful import Doubt, grouped
from probe.diagnose.run_document import DoubtfulRun
from probe.report.terminal.doubtful_run import print_doubtful_run


def printed(run: DoubtfulRun) -> str:
    """Return what is printed of a run."""
    out = io.StringIO()
    print_doubtful_run(Console(file=out, width=160), run, "run/diagnoses.json")
    return out.getvalue()


def test_every_group_is_a_row() -> None:
    doubts = [Doubt(refused(recipient=each), 0.5) for each in (RECIPIENT, "bob@acme.example")]
    groups = grouped([*doubts, Doubt(refused(recipient="eve@acme.example", text="[red]go\x1b[2J", stage="mail"), 0.5)])
    groups[0].asked[RECIPIENT] = diagnosed(Cause.IP_REPUTATION, alive=True)
    text = printed(DoubtfulRun("small", groups, Budget()))
    assert "ip-reputation" in text
    assert "not asked" in text
    assert "[red]go" in text
    assert "\x1b" not in text
    assert "3 doubtful recipients in 2 groups: asked about 1 with 1 experiment, now 1 are settled." in text


def test_only_the_largest_groups_are_shown() -> None:
    doubts = [Doubt(refused(recipient=f"p{n}@acme.example", mx_address=f"127.1.{n}.1"), 0.5) for n in range(22)]
    assert "2 more groups in run/diagnoses.json." in printed(DoubtfulRun("small", grouped(doubts), Budget()))


def test_a_run_without_doubt_is_one_sentence() -> None:
    assert printed(DoubtfulRun("small", [], Budget())).startswith("context is sure of every recipient")
