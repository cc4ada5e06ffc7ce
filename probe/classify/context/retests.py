"""Tells the first delivery of a message from a retest: a further attempt after a permanent refusal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from probe.classify.context.refusal import Refusal, exchanger_of, is_reported_gone, refusal_of
from probe.classify.context.words import topics_of
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt, Outcome

_ENDS_DELIVERY: Final = {Outcome.REFUSED.value, Outcome.DELIVERED.value}


def is_retest(attempt: Attempt, earlier: Iterable[Attempt]) -> bool:
    """Whether an attempt belongs to a later round than a permanent refusal, which otherwise ends a delivery.

    The refusal may have been a report about an accepted message. One round may try every exchanger (RFC 5321 section
    5.1), so one may refuse and the next may accept.
    """
    last_outcomes = {each.number: each.outcome for each in earlier if each.number < attempt.number}
    return not _ENDS_DELIVERY.isdisjoint(last_outcomes.values())


def refusals(evidence: Evidence) -> tuple[Attempt, ...]:
    """Return the permanent refusals that ended a round, in order. All but the first answered a retest.

    Accepted attempts that a report refused later are among them.
    """
    attempts = evidence.attempts
    return tuple(
        attempt
        for index, attempt in enumerate(attempts)
        if is_reported_gone(evidence, index)
        or (
            attempt.outcome == Outcome.REFUSED
            and not (index + 1 < len(attempts) and attempts[index + 1].number == attempt.number)
        )
    )


class Retest(NamedTuple):
    """A recipient's first refusal, when it was tried again, and whether it was accepted then."""

    refusal: Refusal
    at: float
    accepted: bool


@dataclass(slots=True)
class Retests:
    """What is known of recipients that were tried again after a refusal, in this campaign or in the next one."""

    in_campaign: list[Retest] = field(default_factory=list)
    later_answers: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """For an exchanger and the text pattern of a refusal: how many recipients were tried again in the next campaign,
    and how many of them were accepted."""
    _texts: dict[str, str] = field(default_factory=dict)

    def observe(self, evidence: Evidence) -> None:
        """Add a recipient, if it was tried again."""
        if not evidence.before and len(evidence.attempts) == 1:
            return
        refused, last = refusals(evidence), evidence.last
        if last.outcome not in {Outcome.DELIVERED, Outcome.REFUSED}:
            return
        if refused and last is not refused[0]:
            accepted = last is not refused[-1]
            self.in_campaign.append(Retest(self._sharing(refusal_of(evidence, refused[0])), last.at, accepted))
        before = evidence.before[-1].last if evidence.before else None
        if before is not None and before.outcome == Outcome.REFUSED and len(refused) < 2:
            self._add_answers((exchanger_of(before), topics_of(before).pattern), 1, last.outcome == Outcome.DELIVERED)

    def add(self, other: Retests) -> None:
        """Add what is known of other recipients."""
        self.in_campaign += other.in_campaign
        for key, (retried, accepted) in other.later_answers.items():
            self._add_answers(key, retried, accepted)

    def _sharing(self, refusal: Refusal) -> Refusal:
        """Return the same refusal, which shares its texts with the others. Rows of the books do not."""
        exchanger, source, message, stage, company = (
            self._texts.setdefault(text, text)
            for text in (refusal.exchanger, refusal.source, refusal.message, refusal.stage, refusal.company)
        )
        return refusal._replace(exchanger=exchanger, source=source, message=message, stage=stage, company=company)

    def _add_answers(self, key: tuple[str, str], retried: int, accepted: int) -> None:
        count = self.later_answers.setdefault(key, [0, 0])
        count[0] += retried
        count[1] += accepted
