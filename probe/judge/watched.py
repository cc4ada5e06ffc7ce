"""What watching blocklists during a run would have told, and how long before the refusals."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from fake_gateways.truth import Cause, Fate, Truth

_LISTED: Final = "listed"
_CAUSES: Final = {Cause.IP_REPUTATION.value, Cause.SENDER_REJECTED.value}
"""What a gateway decides because of a blocklist."""
_REPLIED: Final = {Fate.REFUSED.value, Fate.DEFERRED.value}


@dataclass
class SeenState:
    """A time, in seconds after the scenario's start, in which a subject was seen as listed or unknown on a list."""

    subject: str
    zone: str
    state: str
    since_s: float
    until_s: float
    told: str


@dataclass
class WatchScore:
    """How listings and refusals were in time. Times are in seconds after the scenario's start, 0 if there was none.

    ``told_before_s`` is how long before the first refusal because of a listing the first listing was seen.
    ``unseen_until_refusal`` are the messages that until then missed the inbox because of it, without a word to the
    sender, and ``unseen_cost`` is their price. ``unknown`` counts subjects that were unknown on a list for a time.
    """

    looks: int = 0
    listed: int = 0
    unknown: int = 0
    first_listed_s: float = 0.0
    first_unseen_s: float = 0.0
    first_refused_s: float = 0.0
    told_before_s: float = 0.0
    unseen_until_refusal: int = 0
    unseen_cost: float = 0.0
    seen: list[SeenState] = field(default_factory=list)


def watch_score(note: str, truths: Iterable[Truth], price: float) -> WatchScore:
    """Return the score of a run from the note that its watch left, and the gateways' decisions."""
    watched: dict[str, Any] = json.loads(note)
    starts = float(watched["starts"])
    score = WatchScore(looks=watched["looks"], seen=[SeenState(**each) for each in watched["seen"]])
    listed = [each for each in score.seen if each.state == _LISTED]
    score.listed = len({(each.subject, each.zone) for each in listed})
    score.unknown = len({(each.subject, each.zone) for each in score.seen} - {(e.subject, e.zone) for e in listed})
    score.first_listed_s = min((each.since_s for each in listed), default=0.0)
    refused: list[float] = []
    unseen: list[float] = []
    for truth in truths:
        if truth.cause in _CAUSES:
            (refused if truth.fate in _REPLIED else unseen).append(round(truth.at - starts, 3))
    score.first_refused_s = min(refused, default=0.0)
    score.first_unseen_s = min(unseen, default=0.0)
    if listed and refused:
        score.told_before_s = round(score.first_refused_s - score.first_listed_s, 3)
    score.unseen_until_refusal = sum(not refused or at < score.first_refused_s for at in unseen)
    score.unseen_cost = round(score.unseen_until_refusal * price, 2)
    return score
