"""What every report for a CI system is written from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from probe.judge.findings import Finding
from probe.judge.scorecard import Scorecard


@dataclass(frozen=True, slots=True)
class Annotation:
    """A sentence about one line of a file.

    ``file`` is a path as the CI system expects it. Line 0 means the file as a whole. ``name`` is the finding's.
    """

    file: str
    line: int
    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CiContent:
    """A run with its figures, the findings, and the annotations for the findings that failed."""

    card: Scorecard
    findings: Sequence[Finding]
    annotations: Sequence[Annotation] = ()
