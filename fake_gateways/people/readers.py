"""What people do with a message that reached their inbox: open it, follow a link, complain, answer by a note."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

_OPENED_AFTER_S: Final = 6 * 3600.0
"""Mean time to the opening; most mail is read on the day it comes."""
_CLICKED_AFTER_S: Final = 60.0


class Reaction(StrEnum):
    """What somebody did."""

    OPENED = "opened"
    CLICKED = "clicked"
    COMPLAINED = "complained"
    ANSWERED = "answered"
    """By a vacation note (RFC 3834)."""


class Engagement(NamedTuple):
    """A message was opened, or a link in it followed, as the sender's own servers notice it.

    ``at`` is in seconds since the epoch, UTC.
    """

    gateway: str
    seq: int
    at: float
    kind: str
    recipient: str
    return_path: str
    message_id: str


@dataclass(frozen=True)
class Audience:
    """The people behind a gateway. Shares are of what reaches an inbox; ``clicks`` of what is opened.

    Everybody has an own inclination to open, between never and twice the share, so that who opened one message is
    likelier to open the next. ``away`` is the share of people who have a vacation note.
    """

    opens: float
    clicks: float
    complains: float
    away: float
    seed: str

    def react(self, recipient: str, message_id: str) -> list[tuple[Reaction, float]]:
        """Return what a recipient does with a message, and how many seconds after it came."""
        if not (self.opens or self.complains or self.away):
            return []
        person = random.Random(f"{self.seed}:{recipient}")  # noqa: S311 - a simulation must be repeatable
        is_away, inclination = person.random() < self.away, 2 * person.random()
        lot = random.Random(f"{self.seed}:{recipient}:{message_id}")  # noqa: S311
        reactions: list[tuple[Reaction, float]] = []
        if is_away:
            reactions.append((Reaction.ANSWERED, 2.0))
        opened_after_s = lot.expovariate(1 / _OPENED_AFTER_S)
        if lot.random() < self.opens * inclination:
            reactions.append((Reaction.OPENED, opened_after_s))
            if lot.random() < self.clicks:
                reactions.append((Reaction.CLICKED, opened_after_s + lot.expovariate(1 / _CLICKED_AFTER_S)))
        if lot.random() < self.complains:
            reactions.append((Reaction.COMPLAINED, opened_after_s + _CLICKED_AFTER_S))
        return reactions
