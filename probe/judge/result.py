"""The result of judging a run: scorecard, gates, findings."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from probe.judge import gates
from probe.judge.baseline import KnownMistakes, known_mistakes
from probe.judge.findings import Finding, find
from probe.judge.report_counts import ReportCounts
from probe.judge.reported import ReportedEvents
from probe.judge.scorecard import Scorecard
from probe.judge.story import JudgedRecipient
from probe.user_files import write_whole, writing

SCORECARD: Final = "scorecard.json"


@dataclass(frozen=True)
class JudgedRun:
    """A judged run: its figures, its gates, what the report shows, and a function that streams its recipients again.

    ``reported`` are the events of another system's log, None without one.
    """

    scorecard: Scorecard
    gates: list[gates.Gate]
    counts: ReportCounts
    recipients: Callable[[], Iterable[JudgedRecipient]] = tuple
    reported: ReportedEvents | None = None

    @property
    def passed(self) -> bool:
        """Whether every gate passed."""
        return all(gate.passed for gate in self.gates)

    def known_mistakes(self) -> KnownMistakes:
        """Return what a baseline file keeps of this run."""
        return known_mistakes(self.scorecard.seed, self.scorecard.classifiers, self.recipients())

    def findings(self, known: KnownMistakes | None = None) -> list[Finding]:
        """Return a finding for every gate, then for every kind of mistake in the baseline.

        Where one failed, all recipients are read again.
        """
        return find(self.gates, self.scorecard.classifiers, self.recipients, known)

    def figures(self) -> dict[str, Any]:
        """Return the scorecard as scorecard.json holds it (schema 1)."""
        return {
            "schema": 1,
            **dataclasses.asdict(self.scorecard),
            "gates": [dataclasses.asdict(gate) for gate in self.gates],
        }

    def write(self, folder: Path) -> None:
        """Write scorecard.json into a folder. Raises InputError if it cannot be written."""
        text = json.dumps(self.figures(), indent=2) + "\n"
        with writing(folder / SCORECARD, "choose another folder with --out"):
            write_whole(folder / SCORECARD, text)
