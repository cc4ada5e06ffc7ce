"""``context`` as it would read without retests or without experiments: for a comparison on one run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from probe.classify.context import Context
from probe.classify.context.observations import Observations
from probe.classify.context.reader import Reader
from probe.classify.context.retests import is_retest
from probe.classify.evidence import Evidence
from probe.classify.reading import Reading


class _PartialContext:
    """Reads what remains of the evidence."""

    reads_retests: ClassVar[bool] = False
    reads_experiments: ClassVar[bool] = False

    def observe(self, evidence: Iterable[Evidence]) -> Observations:
        """Return what a part of a campaign shows."""
        return Context().observe(map(self.rest_of, evidence))

    def reader(self, observed: Iterable[Observations]) -> _PartialReader:
        """Return a classifier that reads one recipient at a time."""
        return _PartialReader(self, Context().reader(observed))

    def rest_of(self, evidence: Evidence) -> Evidence:
        """Return evidence without what is not to be read."""
        attempts = evidence.attempts
        if not self.reads_retests:
            attempts = tuple(each for place, each in enumerate(attempts) if not is_retest(each, attempts[:place]))
        return replace(
            evidence,
            attempts=attempts,
            before=tuple(map(self.rest_of, evidence.before)),
            diagnosis=evidence.diagnosis if self.reads_experiments else None,
        )


@dataclass(frozen=True)
class _PartialReader:
    classifier: _PartialContext
    reader: Reader

    def classify(self, evidence: Evidence) -> Reading:
        """Return the reading of a recipient."""
        return self.reader.classify(self.classifier.rest_of(evidence))


class ContextAtFirst(_PartialContext):
    """``context`` without retests and experiments: what can be known after the first refusals."""


class ContextRetested(_PartialContext):
    """``context`` without experiments."""

    reads_retests = True


class ContextDiagnosed(_PartialContext):
    """``context`` without retests."""

    reads_experiments = True
