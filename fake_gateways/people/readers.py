"""What people do with a message in their inbox: open it, click a link, complain, send a vacation reply."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

_OPENED_AFTER_S: Final = 6 * 3600.0
"""Mean time until a message is opened, in seconds. Most mail is read on the day it arrives."""
_CLICKED_AFTER_S: Final = 60.0


class Reaction(StrEnum):
    """What a recipient did."""

    OPENED = "opened"
    CLICKED = "clicked"
    COMPLAINED = "complained"
    ANSWERED = "answered"
    """With a vacation reply (RFC 3834)."""


class Engagement(NamedTuple):
    """A message was opened, or a link in it was clicked, as the sender's tracking servers see it.

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
    """The people behind a gateway. Shares are of messages in the inbox; ``clicks`` is of opened messages.

    Each person opens a personal share of messages, between none and twice ``opens``. So a person who opened one message
    is likelier to open the next. ``away`` is the share of people with a vacation reply.
    """

    opens: float
    clicks: float
    complains: float
    away: float
    seed: str

    def react(self, recipient: str, message_id: str) -> list[tuple[Reaction, float]]:
        """Return what a recipient does with a message, each with the delay in seconds."""
        if not (self.opens or self.complains or self.away):
            return []
        person = random.Random(f"{self.seed}:{recipient}")  # noqa: S311 - a simulation must be repeatable
        is_away, inclination = person.random() < self.away, 2 * person.random()
        draw = random.Random(f"{self.seed}:{recipient}:{message_id}")  # noqa: S311
        reactions: list[tuple[Reaction, float]] = []
        if is_away:
            reactions.append((Reaction.ANSWERED, 2.0))
        opened_after_s = draw.expovariate(1 / _OPENED_AFTER_S)
        if draw.random() < self.opens * inclination:
            reactions.append((Reaction.OPENED, opened_after_s))
            if draw.random() < self.clicks:
                reactions.append((Reaction.CLICKED, opened_after_s + draw.expovariate(1 / _CLICKED_AFTER_S)))
        if draw.random() < self.complains:
            reactions.append((Reaction.COMPLAINED, opened_after_s + _CLICKED_AFTER_S))
        return reactions
