"""What an evaluation counts of each scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from probe.classify.reading import Reading
from probe.judge.calibration import Probabilities
from probe.judge.errors import ErrorCounts
from probe.judge.story import Key, Story
from probe.studies.suppression.rounds import rounds

CODE: Final = "code"
KEEPS_ALL: Final = "always-keep"
CONTEXT: Final = "context"
HELD_OUT: Final = "context, vendor held out"
"""``context`` with weights that were fitted without the vendor of the recipient's gateway."""
_RETESTED: Final = ", retested"


def retested(name: str) -> str:
    """Return the name of a classifier, or of a policy, on the books of a sender that makes retests."""
    return f"{name}{_RETESTED}"


def is_retested(name: str) -> bool:
    """Whether a name is that of a classifier on the books of a sender that makes retests."""
    return name.endswith(_RETESTED)


@dataclass
class Evaluated:
    """What one scenario came to. ``lies`` says whether its gateways disguise any refusal.

    ``family`` is that of a drawn scenario; ``is_reserved`` says that no weights were fitted on it. ``errors`` are
    those of classifiers, ``policy_errors`` those of policies that count hard bounces. ``by_persona`` has for each
    vendor the living that ``code`` suppresses, and those that ``context`` suppresses with weights fitted without the
    vendor. ``probabilities`` are those of being alive, of recipients that bounced, by classifier. ``remaining`` are
    the errors after the retests, by classifier and by the true cause of the last refusal. ``retests`` are messages, as
    many of them to the gone as ``retests_of_gone`` says.
    """

    name: str
    lies: bool
    family: str = ""
    is_reserved: bool = False
    errors: dict[str, ErrorCounts] = field(default_factory=dict)
    policy_errors: dict[str, ErrorCounts] = field(default_factory=dict)
    by_persona: dict[str, tuple[int, int]] = field(default_factory=dict)
    probabilities: dict[str, Probabilities] = field(default_factory=dict)
    remaining: dict[str, dict[str, ErrorCounts]] = field(default_factory=dict)
    retests: int = 0
    retests_of_gone: int = 0


def count_errors(stories: Mapping[Key, Story], readings: Mapping[Key, Reading]) -> ErrorCounts:
    """Count a classifier's errors; a missing reading counts as keep."""
    found = ErrorCounts()
    for key, story in stories.items():
        found.count(alive=story.mailbox.alive, suppressed=key in readings and readings[key].suppress)
    return found


def remaining_errors(stories: Mapping[Key, Story], readings: Mapping[Key, Reading]) -> dict[str, ErrorCounts]:
    """Count a classifier's errors by the true cause of the last refusal, ``none`` where no gateway refused.

    Causes without errors are left out.
    """
    found: dict[str, ErrorCounts] = {}
    for key, story in stories.items():
        cause = (None if story.truth is None else story.truth.cause) or "none"
        found.setdefault(cause, ErrorCounts()).count(alive=story.mailbox.alive, suppressed=readings[key].suppress)
    return {cause: each for cause, each in sorted(found.items()) if each.wrongly_suppressed or each.missed_dead}


def probabilities(stories: Mapping[Key, Story], readings: Mapping[Key, Reading]) -> Probabilities:
    """Count the probabilities of being alive that a classifier gives to recipients that bounced.

    Those of delivered recipients are not counted: every classifier is right about them.
    """
    found = Probabilities()
    for key, story in stories.items():
        reading = readings.get(key)
        if reading is not None and reading.alive is not None and story.evidence.bounced:
            found.count(reading.alive, true=story.mailbox.alive)
    return found


def count_retests(stories: Iterable[Story]) -> tuple[int, int]:
    """Return how many retests were sent, and how many of them to the gone."""
    counts = [(len(rounds(story.evidence)) - 1, story.mailbox.alive) for story in stories]
    return sum(count for count, _ in counts), sum(count for count, alive in counts if not alive)
