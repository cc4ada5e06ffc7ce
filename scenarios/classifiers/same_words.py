"""Doubts a gateway that gives every recipient the same answer. It reads a whole campaign at once, in Python.

cd scenarios/classifiers
fivefifty run ../dont_blame_the_messenger.toml --classifier python:same_words:SameWords
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from fake_gateways import Cause
from probe.classify import ByCode, Evidence, Reading


class SameWords:
    """Believes the reply code, unless most recipients of a domain were refused with the same text."""

    def classify_campaign(self, campaign: Mapping[str, Evidence]) -> dict[str, Reading]:
        """Count the replies of each domain, then read each recipient."""
        asked = Counter(recipient.rpartition("@")[2] for recipient in campaign)
        said = Counter(
            (recipient.rpartition("@")[2], each.heard) for recipient, each in campaign.items() if each.bounced
        )
        believed = ByCode()
        readings = {}
        for recipient, evidence in campaign.items():
            domain = recipient.rpartition("@")[2]
            reading = believed.classify(evidence)
            if reading.suppress and asked[domain] > 1 and said[domain, evidence.heard] > asked[domain] / 2:
                reading = Reading(Cause.POLICY, "most of the domain was told the same")
            readings[recipient] = reading
        return readings
