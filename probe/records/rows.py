"""The smaller rows of the books: mailboxes, lanes, gateways, plans, readings, diagnoses, intents, notes and others."""

from __future__ import annotations

from typing import Final, NamedTuple


class Mailbox(NamedTuple):
    """A mailbox and its true state. ``left_at`` is when its owner leaves, in seconds since the epoch, or None."""

    address: str
    gateway: str
    state: str
    left_at: float | None


class KnownLane(NamedTuple):
    """A lane of the run, and how many deliveries are planned in it."""

    name: str
    planned: int


class KnownGateway(NamedTuple):
    """A gateway of the scenario: its persona, where it listens, how many mailboxes it serves, and its lane."""

    name: str
    persona: str
    host: str
    address: str
    mailboxes: int
    lane: str = ""


class Planned(NamedTuple):
    """A delivery that the sender planned, due at ``at`` (seconds since the epoch) from the address ``source``."""

    campaign: str
    recipient: str
    at: float
    source: str
    lane: str


class Classification(NamedTuple):
    """A classifier's reading of one recipient of a campaign; see Reading in probe/classify/reading.py.

    ``lane`` is the recipient's lane.
    """

    classifier: str
    campaign: str
    recipient: str
    cause: str | None
    advice: str
    alive: float | None
    reason: str
    lane: str = ""


class Diagnosis(NamedTuple):
    """What experiments have shown about a refused recipient; see Diagnosed in probe/classify/evidence.py.

    ``causes`` are the probabilities by cause, as a JSON object.
    """

    lane: str
    campaign: str
    recipient: str
    causes: str
    alive: float
    asked: bool
    at: float


DIAGNOSES: Final = "diagnoses.json"
"""The file beside the books that says all that was found."""


EXPERIMENTS: Final = "diagnosis"
"""What stands for the campaign in the return-paths of experiments."""


class Probe(NamedTuple):
    """One dialogue that the sender held to find out why ``recipient`` was refused; see probe/diagnose/experiments.

    ``asked`` is whom RCPT named. The other columns are as in Attempt.
    """

    lane: str
    seq: int
    at: float
    duration_s: float
    campaign: str
    recipient: str
    experiment: str
    asked: str
    return_path: str
    mx: str
    mx_address: str
    local_address: str
    local_port: int
    stage: str
    outcome: str
    code: int | None
    enhanced: str | None
    text: str
    failure: str | None


class Intent(NamedTuple):
    """A transaction that is about to begin at a real server, where it cannot be undone."""

    lane: str
    campaign: str
    recipient: str
    number: int


class Transcript(NamedTuple):
    """The SMTP dialogue of the attempt that ``lane`` and ``seq`` identify."""

    lane: str
    seq: int
    dialogue: str


class OwnedRows(NamedTuple):
    """The rows of one table that a lane or a gateway has written: how many, and the highest and the sum of ``seq``.

    Both are 0 in a table without ``seq``. No table holds this.
    """

    number: int
    last: int
    total: int


class Note(NamedTuple):
    """A fact about the run itself, such as whether it is complete."""

    key: str
    value: str
