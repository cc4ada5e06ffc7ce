"""What a judged run came to: scorecard, gates, readings."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from probe.classify.reading import Reading
from probe.judge import gates
from probe.judge import scorecard as score
from probe.judge.baseline import Known, Mistakes, Worsening, mistakes, worsenings
from probe.judge.compare import advice_of
from probe.judge.findings import Finding, of_baseline, of_gates
from probe.judge.reported import Reported
from probe.judge.story import Key, Story

SCORECARD: Final = "scorecard.json"


@dataclass(frozen=True)
class JudgedRun:
    """What a run came to: figures, gates, and whoever read it on whom.

    ``reported`` is what another system said of it, as far as it was asked for.
    """

    scorecard: score.Scorecard
    gates: list[gates.Gate]
    stories: Mapping[Key, Story] = field(default_factory=dict)
    readings: Mapping[str, Mapping[Key, Reading]] = field(default_factory=dict)
    reported: Reported | None = None

    @property
    def passed(self) -> bool:
        """Whether every gate held."""
        return all(gate.passed for gate in self.gates)

    @property
    def mistakes(self) -> dict[str, Mistakes]:
        """Whom each classifier is wrong about."""
        return {name: mistakes(self.stories, advice_of(self.readings[name])) for name in self.scorecard.classifiers}

    def worsenings(self, known: Known) -> list[Worsening]:
        """What got worse since somebody last looked."""
        return list(worsenings(known, self.mistakes))

    def findings(self, known: Known | None = None) -> list[Finding]:
        """Return what became of every gate, and of every kind of mistake that a baseline knows."""
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
        """Write scorecard.json into a folder, in place of an old one only when it is whole."""
        scorecard = folder / SCORECARD
        unfinished = scorecard.with_name(f".{SCORECARD}")
        unfinished.write_text(json.dumps(self.figures(), indent=2) + "\n", "utf-8")
        unfinished.replace(scorecard)
