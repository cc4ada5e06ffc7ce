"""The null hypothesis: suppresses nobody, so it loses no customer and misses every dead address."""

from __future__ import annotations

from probe.classify.evidence import Evidence
from probe.classify.reading import Reading


class AlwaysKeep:
    """Keeps every address."""

    def classify(self, evidence: Evidence) -> Reading:
        """Keep."""
        del evidence
        return Reading(None, "keeps every address")
