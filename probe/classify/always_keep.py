"""The null hypothesis: it never suppresses, so it loses no living recipient and keeps every dead address."""

from __future__ import annotations

from probe.classify.evidence import Evidence
from probe.classify.reading import Reading


class AlwaysKeep:
    """Keeps every address."""

    def classify(self, evidence: Evidence) -> Reading:
        """Return a reading without a cause."""
        del evidence
        return Reading(None, "keeps every address")
