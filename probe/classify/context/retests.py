"""Tells the first delivery of a message from a retest: a further attempt after a permanent refusal."""

from __future__ import annotations

from collections.abc import Iterable

from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt, Outcome


def is_retest(attempt: Attempt, earlier: Iterable[Attempt]) -> bool:
    """Whether an attempt belongs to a later round than a permanent refusal, which otherwise ends a delivery.

    One round may try every exchanger (RFC 5321 section 5.1), so one may refuse and the next may accept.
    """
    last_outcomes = {each.number: each.outcome for each in earlier if each.number < attempt.number}
    return Outcome.REFUSED in last_outcomes.values()


def refusals(evidence: Evidence) -> tuple[Attempt, ...]:
    """Return the permanent refusals that ended a round, in order. All but the first answered a retest."""
    attempts = evidence.attempts
    return tuple(
        attempt
        for index, attempt in enumerate(attempts)
        if attempt.outcome == Outcome.REFUSED
        and not (index + 1 < len(attempts) and attempts[index + 1].number == attempt.number)
    )
