"""Where a recipient of a campaign came out: what was reported of it, and what was true."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from probe.classify.reading import Reading
from probe.judge.story import Key, Story


class Standing(StrEnum):
    """The report's classes, in the order it draws them; the values are the names of their colours."""

    DELIVERED = "delivered"
    DEFERRED = "deferred"
    """Of a single attempt: another one followed."""
    GONE = "gone"
    LIED = "lied"
    KEPT = "kept"
    MISSED = "missed"


WORDS: Final = {
    Standing.DELIVERED: "delivered",
    Standing.DEFERRED: "deferred, tried again",
    Standing.GONE: "gone, reported as a hard bounce",
    Standing.LIED: "alive, reported as a hard bounce",
    Standing.KEPT: "alive, not delivered, no hard bounce",
    Standing.MISSED: "gone, no hard bounce",
}


def standings(told: Mapping[Key, Story], naive: Mapping[Key, Reading]) -> dict[Key, Standing]:
    """Return where everybody came out; whom ``naive`` would suppress counts as reported."""
    return {key: _standing(story, reported=naive[key].suppress) for key, story in told.items()}


def _standing(story: Story, *, reported: bool) -> Standing:
    alive = story.mailbox.alive
    if reported:
        return Standing.LIED if alive else Standing.GONE
    if not story.evidence.bounced:
        return Standing.DELIVERED
    return Standing.KEPT if alive else Standing.MISSED
