"""What the observations keep of a reply to an attempt."""

from __future__ import annotations

from typing import NamedTuple

from fake_gateways.smtp.envelope import Stage
from probe.classify.context.refusal import key_of, topics_about
from probe.classify.context.replies_by_stage import ACCEPTED, RANK, rank_of
from probe.classify.context.words import topics_of, words_key
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt, Outcome


class Reply(NamedTuple):
    """A final reply, or a temporary refusal that blames the sender.

    ``rank`` is that of the stage, ``is_later`` says whether others were sent before it in the same connection. The key
    of an acceptance is 0, that of a temporary refusal None. ``words`` tells a refusal's text from
    others (see ``words_key``).
    """

    at: float
    rank: int
    source: str
    message: str
    is_later: bool
    blames_sender: bool
    key: int | None
    words: int = 0


def reply_of(attempt: Attempt) -> Reply | None:
    """Return what an attempt adds to the observations, None if nothing: a temporary refusal, most of the time."""
    outcome, at, source, message = attempt.outcome, attempt.at, attempt.local_address, attempt.message
    is_later = attempt.position > 1
    if outcome == Outcome.DELIVERED:
        return Reply(at, ACCEPTED, source, message, is_later, False, 0)  # noqa: FBT003 - read by name everywhere else
    topics = topics_of(attempt)
    if outcome == Outcome.DEFERRED and not topics.blames_sender:
        return None
    key = None if outcome == Outcome.DEFERRED else key_of(attempt)
    return Reply(
        at, rank_of(attempt.stage), source, message, is_later, topics.blames_sender, key, words_key(topics.pattern)
    )


def reported_reply(evidence: Evidence, index: int) -> Reply:
    """Return what an accepted attempt adds to the observations if a report came back: a refusal after all stages."""
    attempt, topics = evidence.attempts[index], topics_about(evidence, index)
    return Reply(
        attempt.at,
        RANK[Stage.REPORT],
        attempt.local_address,
        attempt.message,
        attempt.position > 1,
        topics.blames_sender,
        key_of(attempt._replace(stage=Stage.REPORT.value)),
        words_key(topics.pattern),
    )
