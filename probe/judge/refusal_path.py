"""The way of a failure from its true cause over the reply code to what the sender reports."""

from __future__ import annotations

from typing import Final, NamedTuple

from probe.harmless import clipped
from probe.judge.class_scores import NONE
from probe.judge.outcome import RecipientOutcome
from probe.judge.story import Story
from probe.records.attempt import Outcome

VERDICTS: Final = ("hard bounce", "refused", "given up")
_LONGEST: Final = 40


class RefusalPath(NamedTuple):
    """What a group of recipients has in common: true cause, reply code, verdict in the report, and outcome."""

    cause: str
    code: str
    verdict: str
    outcome: RecipientOutcome


def path_of(story: Story, outcome: RecipientOutcome) -> RefusalPath:
    """Return the path of a recipient that was not delivered, or was reported as a hard bounce."""
    cause = NONE if story.cause is None else story.cause.value
    return RefusalPath(cause, _code(story), _verdict(story, outcome), outcome)


def _code(story: Story) -> str:
    code, enhanced, _ = story.evidence.heard
    later = "later: " if story.evidence.report is not None and story.evidence.last.outcome == Outcome.DELIVERED else ""
    said = " ".join(filter(None, (str(code or ""), enhanced)))
    return clipped(f"{later}{said or f'no reply: {story.evidence.last.failure}'}", _LONGEST)


def _verdict(story: Story, outcome: RecipientOutcome) -> str:
    if outcome in {RecipientOutcome.GONE, RecipientOutcome.LIED}:
        return VERDICTS[0]
    refused = story.evidence.last.outcome == Outcome.REFUSED or story.evidence.report is not None
    return VERDICTS[1 if refused else 2]
