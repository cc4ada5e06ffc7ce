"""Which attempts belong to the first round of a campaign, and which to a further test of somebody who was refused."""

from __future__ import annotations

from collections.abc import Iterable

from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt, Outcome


def is_test(attempt: Attempt, earlier: Iterable[Attempt]) -> bool:
    """Whether an attempt was made in a later round than a permanent refusal, which ends a delivery otherwise.

    In one round every exchanger may be tried (RFC 5321 section 5.1), so one may refuse and the next one accept.
    """
    ended = {each.number: each.outcome for each in earlier if each.number < attempt.number}
    return Outcome.REFUSED in ended.values()


def refusals(evidence: Evidence) -> tuple[Attempt, ...]:
    """Return the permanent refusals that ended a round, in order; all but the first were to a further test."""
    attempts = evidence.attempts
    return tuple(
        attempt
        for place, attempt in enumerate(attempts)
        if attempt.outcome == Outcome.REFUSED
        and not (place + 1 < len(attempts) and attempts[place + 1].number == attempt.number)
    )
