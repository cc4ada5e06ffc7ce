"""The rows of the books, apart from truth, attempts, reports and engagements."""

from __future__ import annotations

from typing import NamedTuple


class Mailbox(NamedTuple):
    """A mailbox as its company knows it: part of the truth. ``left_at`` is when its owner leaves, if ever."""

    address: str
    gateway: str
    state: str
    left_at: float | None


class KnownGateway(NamedTuple):
    """A gateway of the scenario: whose it is, where it listens, and how many mailboxes are behind it."""

    name: str
    persona: str
    host: str
    address: str
    mailboxes: int


class Planned(NamedTuple):
    """A delivery the sender set out to make."""

    campaign: str
    recipient: str
    at: float
    source: str
    lane: str


class Classification(NamedTuple):
    """What a classifier said about a recipient of a campaign: see Reading in probe/classify/reading.py."""

    classifier: str
    campaign: str
    recipient: str
    cause: str | None
    advice: str
    alive: float | None
    reason: str


class Intent(NamedTuple):
    """A transaction that is about to begin at a server that is not ours, which nobody can make undone."""

    lane: str
    campaign: str
    recipient: str
    number: int


class Transcript(NamedTuple):
    """What passed over the line during one attempt, which ``lane`` and ``seq`` name."""

    lane: str
    seq: int
    dialogue: str


class Note(NamedTuple):
    """A fact about the run itself, such as whether it is complete."""

    key: str
    value: str
