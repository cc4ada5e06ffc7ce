"""A judged run: whether it passed, its findings, and the scorecard file."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from book_rows import refused
from tallied import tallied

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.classify import Evidence, Reading
from probe.judge.baseline import KnownMistakes, MistakenRecipients
from probe.judge.gates import Gate
from probe.judge.report_counts import ReportCounts
from probe.judge.result import SCORECARD, JudgedRun
from probe.judge.story import Key, Story
from probe.judge.story import judged as judged_recipients

ANN: Key = ("news", "ann@acme.example")
STORIES = {ANN: Story(Evidence(ANN[1], (refused(recipient=ANN[1]),)), None, MailboxState.PRESENT)}
READINGS = {"code": {ANN: Reading(Cause.USER_UNKNOWN)}}


def judged(*gates: Gate) -> JudgedRun:
    """Return a run in which ``code`` suppresses a living recipient."""
    counts = ReportCounts(list(READINGS), "code")
    return JudgedRun(tallied(STORIES, READINGS), list(gates), counts, partial(judged_recipients, STORIES, READINGS))


HELD = Gate("recipients", True, 1, "<= 1")  # noqa: FBT003 - a row of a table
FAILED = Gate("classifiers.code.wrongly_suppressed", False, 1, "<= 0")  # noqa: FBT003 - a row of a table


def test_a_run_passes_if_every_gate_does() -> None:
    assert judged().passed
    assert judged(HELD).passed
    assert not judged(HELD, FAILED).passed


def test_findings_are_those_of_the_gates_and_of_the_baseline() -> None:
    known = KnownMistakes(7, {"code": MistakenRecipients((), ())})
    assert [(each.name, each.passed) for each in judged(HELD, FAILED).findings(known)] == [
        ("recipients <= 1", True),
        ("classifiers.code.wrongly_suppressed <= 0", False),
        ("baseline code wrongly_suppressed", False),
        ("baseline code missed_dead", True),
    ]


def test_a_baseline_keeps_the_mistakes_of_the_run() -> None:
    assert judged().known_mistakes() == KnownMistakes(
        7, {"code": MistakenRecipients(("news/ann@acme.example",), ())}, {"code": {}}
    )


def test_the_scorecard_file_holds_figures_and_gates_and_replaces_the_old_one(tmp_path: Path) -> None:
    (tmp_path / SCORECARD).write_text("old", "utf-8")
    judged(FAILED).write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [SCORECARD]
    found = json.loads((tmp_path / SCORECARD).read_text("utf-8"))
    assert (found["schema"], found["scenario"], found["classifiers"]["code"]["wrongly_suppressed"]) == (1, "small", 1)
    assert found["gates"] == [
        {"name": "classifiers.code.wrongly_suppressed", "passed": False, "value": 1, "bound": "<= 0"}
    ]
