"""The rounds of a delivery, and when the result of one is known."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final

from probe.classify.evidence import Evidence
from probe.records.attempt import Outcome

_FINAL: Final = {Outcome.DELIVERED, Outcome.REFUSED}


def rounds(evidence: Evidence) -> list[Evidence]:
    """Return the evidence of each round by itself: a retest begins a new one, a retry after a deferral does not.

    A round has the reports that came until the next one began. Attempts at one exchanger after another have one number
    and are of one round (RFC 5321 section 5.1).
    """
    attempts = evidence.attempts
    ends = [
        place
        for place, (one, following) in enumerate(pairwise(attempts), 1)
        if one.outcome in _FINAL and following.number > one.number
    ]
    if not ends:
        return [evidence]
    found = []
    for first, end in zip([0, *ends], [*ends, len(attempts)], strict=True):
        since = attempts[first].at if first else float("-inf")
        until = attempts[end].at if end < len(attempts) else float("inf")
        returned = tuple(row for row in evidence.returned if since <= row.at < until)
        found.append(replace(evidence, attempts=attempts[first:end], returned=returned))
    return found


def known_at(evidence: Evidence) -> float:
    """Return when the result was known, in seconds since the epoch: at the last reply, or when a report came."""
    ended = evidence.last.at + evidence.last.duration_s
    return ended if evidence.report is None else max(ended, evidence.report.at)
