"""The outcome of each recipient: what the sender's report says, compared with the truth."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from probe.classify.reading import Reading
from probe.judge.story import Key, Story


class RecipientOutcome(StrEnum):
    """The outcomes in the order in which charts draw them; the values are the names of their CSS colours."""

    DELIVERED = "delivered"
    DEFERRED = "deferred"
    """Only of single attempts: another attempt followed."""
    GONE = "gone"
    LIED = "lied"
    KEPT = "kept"
    MISSED = "missed"


LABELS: Final = {
    RecipientOutcome.DELIVERED: "delivered",
    RecipientOutcome.DEFERRED: "deferred, then tried again",
    RecipientOutcome.GONE: "gone, reported as a hard bounce",
    RecipientOutcome.LIED: "alive, reported as a hard bounce",
    RecipientOutcome.KEPT: "alive, not delivered, no hard bounce",
    RecipientOutcome.MISSED: "gone, no hard bounce",
}


def outcomes_of(stories: Mapping[Key, Story], naive: Mapping[Key, Reading]) -> dict[Key, RecipientOutcome]:
    """Return the outcome of every recipient; it counts as reported if the classifier ``naive`` would suppress it."""
    return {key: _outcome_of(story, reported=naive[key].suppress) for key, story in stories.items()}


def _outcome_of(story: Story, *, reported: bool) -> RecipientOutcome:
    alive = story.mailbox.alive
    if reported:
        return RecipientOutcome.LIED if alive else RecipientOutcome.GONE
    if not story.evidence.bounced:
        return RecipientOutcome.DELIVERED
    return RecipientOutcome.KEPT if alive else RecipientOutcome.MISSED
