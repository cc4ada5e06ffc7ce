"""Policies that only count hard bounces, judged like classifiers: what a sender can do without a clever one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from probe.classify.by_code import ByCode
from probe.classify.evidence import Evidence
from probe.judge.errors import ErrorCounts
from probe.judge.story import Story
from probe.studies.suppression.policies import GATED, NEVER, POLICIES, PastMessage, Policy
from probe.studies.suppression.rounds import known_at, rounds

PLAIN: Final[dict[str, Policy]] = {name: each for name, each in POLICIES.items() if name not in {GATED, NEVER}}
"""All but those that need another classifier or suppress nobody."""
_CODE: Final = ByCode()


def policy_errors(stories: Iterable[Story]) -> dict[str, ErrorCounts]:
    """Return the errors of each policy that decides about a recipient as soon as the last result is known."""
    found = {name: ErrorCounts() for name in PLAIN}
    for story in stories:
        past = past_messages(story.evidence)
        for name, policy in PLAIN.items():
            found[name].count(alive=story.mailbox.alive, suppressed=policy(past, past[-1].at))
    return found


def past_messages(evidence: Evidence) -> list[PastMessage]:
    """Return the messages of this campaign and of earlier ones, retests too, as the reply codes read, by time."""
    sent = [each for campaign in (*evidence.before, evidence) for each in rounds(campaign)]
    past = [PastMessage(each.last.campaign, known_at(each), each.bounced, _CODE.classify(each)) for each in sent]
    return sorted(past, key=lambda each: each.at)
