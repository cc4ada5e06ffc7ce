"""The result of judging a run: scorecard, gates, readings."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from probe.classify.reading import Reading
from probe.judge import gates
from probe.judge.baseline import KnownMistakes, MistakenRecipients, mistakes
from probe.judge.compare import advice_of
from probe.judge.findings import Finding, of_baseline, of_gates
from probe.judge.kinds import deciding_rules, reasons_of
from probe.judge.reported import ReportedEvents
from probe.judge.scorecard import Scorecard
from probe.judge.story import Key, Story
from probe.user_files import write_whole, writing

SCORECARD: Final = "scorecard.json"


@dataclass(frozen=True)
class JudgedRun:
    """A judged run: its figures, gates, stories, and the readings of each classifier.

    ``reported`` are the events of another system's log, None without one.
    """

    scorecard: Scorecard
    gates: list[gates.Gate]
    stories: Mapping[Key, Story] = field(default_factory=dict)
    readings: Mapping[str, Mapping[Key, Reading]] = field(default_factory=dict)
    reported: ReportedEvents | None = None

    @property
    def passed(self) -> bool:
        """Whether every gate passed."""
        return all(gate.passed for gate in self.gates)

    @property
    def mistakes(self) -> dict[str, MistakenRecipients]:
        """The recipients that each classifier is wrong about."""
        return {name: mistakes(self.stories, advice_of(self.readings[name])) for name in self.scorecard.classifiers}

    @property
    def known_mistakes(self) -> KnownMistakes:
        """What a baseline file keeps of this run."""
        rules = {name: deciding_rules(self.stories, reasons_of(self.readings[name])) for name in self.mistakes}
        return KnownMistakes(self.scorecard.seed, self.mistakes, rules)

    def findings(self, known: KnownMistakes | None = None) -> list[Finding]:
        """Return a finding for every gate, and for every kind of mistake in the baseline."""
        found = list(of_gates(self.gates, self.stories, self.readings))
        if known is not None:
            found += of_baseline(known, self.mistakes, self.stories, self.readings)
        return found

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
