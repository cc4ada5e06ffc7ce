"""The scorecard: the hard bounces that were reported, and what was true of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.truth import Cause, Fate, Fault, Truth
from probe.classify.reading import Reading
from probe.classify.spec import REPORTED
from probe.judge.classifier_score import ClassifierScore
from probe.judge.interval import share
from probe.judge.story import Key, Story
from probe.records.attempt import Outcome
from probe.records.returned import Returned, ReturnedKind

_NOT_IN_INBOX: Final = {
    Fate.JUNK: "junked",
    Fate.QUARANTINED: "quarantined",
    Fate.DISCARDED: "discarded",
    Fate.BOUNCED_LATER: "bounced_later",
}
_READ: Final = {Fate.INBOX, Fate.JUNK}
NAIVE: Final = "code"
"""The classifier whose suppressions count as hard bounces: it does what most mail providers do with a reply."""

AS_DECIDED: Final = "as the gateways decided"
AS_THE_LOG_SAYS: Final = "as the log says"
"""Of an imported scenario: its causes and mailboxes are those that replies name, whether true or not."""


@dataclass
class CauseScore:
    """Recipients whose last attempt was refused for a cause, and the living among them that got a disguised reply."""

    refused: int = 0
    disguised: int = 0


@dataclass
class TruthScore:
    """The hard bounces reported, split into three by what was true.

    ``recipient_fault`` are gone. ``disguised`` are alive and got a reply that names a false cause. ``misread`` are
    alive and got an honest reply with a code that the naive reading takes for a dead mailbox.
    """

    recipient_fault: int = 0
    disguised: int = 0
    misread: int = 0
    alive: int = 0
    gone: int = 0
    by_cause: dict[str, CauseScore] = field(default_factory=dict)


@dataclass
class DeliveryCounts:
    """The counts of one gateway or one campaign."""

    recipients: int = 0
    delivered: int = 0
    hard_bounces: int = 0
    gone: int = 0
    disguised: int = 0


@dataclass
class ReturnedScore:
    """The mail that came back to the return-paths, by kind; ``feedback`` is what is no complaint.

    ``unjoined`` could not be matched with a recipient.
    """

    reports: int = 0
    auto_replies: int = 0
    complaints: int = 0
    feedback: int = 0
    unreadable: int = 0
    unjoined: int = 0


@dataclass
class Scorecard:
    """All figures of one run. ``recipients`` are those planned, with or without an attempt.

    A recipient counts once in each campaign. In a complete run the recipients are the delivered, the hard bounces
    reported, those refused otherwise, and those given up after deferrals or network failures. The delivered, as the
    sender sees them, are ``arrived`` (in an inbox, or ``junked``), ``quarantined`` or ``discarded``. The
    ``bounced_later`` were accepted at first; if their delivery report came back they are among the refused.
    ``truth_is`` says where ``truth`` and the mistakes of the classifiers come from.
    """

    scenario: str
    seed: int
    transport: str
    complete: bool
    recipients: int = 0
    attempts: int = 0
    delivered: int = 0
    arrived: int = 0
    junked: int = 0
    quarantined: int = 0
    discarded: int = 0
    bounced_later: int = 0
    refused_otherwise: int = 0
    given_up: int = 0
    hard_bounces_reported: int = 0
    hard_bounce_rate: float = 0.0
    truth: TruthScore = field(default_factory=TruthScore)
    classifiers: dict[str, ClassifierScore] = field(default_factory=dict)
    gateways: dict[str, DeliveryCounts] = field(default_factory=dict)
    campaigns: dict[str, DeliveryCounts] = field(default_factory=dict)
    returned: ReturnedScore = field(default_factory=ReturnedScore)
    books: str = ""
    truth_is: str = AS_DECIDED

    @property
    def as_logged(self) -> bool:
        """Whether the run replays a log, so that its truth is what the log says."""
        return self.truth_is == AS_THE_LOG_SAYS


def score_truth(
    card: Scorecard,
    stories: Mapping[Key, Story],
    naive: Mapping[Key, Reading],
    gateways: Sequence[str],
    campaigns: Sequence[str] = (),
) -> None:
    """Fill in the hard bounces that were reported, and what was true of them."""
    card.gateways = {name: DeliveryCounts() for name in gateways}
    card.campaigns = {name: DeliveryCounts() for name in campaigns}
    card.truth.by_cause = {cause.value: CauseScore() for cause in Cause}
    for key, story in stories.items():
        alive = story.mailbox.alive
        truth = story.truth
        delivered = not story.evidence.bounced
        reported = naive[key].suppress
        lied = truth is not None and truth.cause is not None and _is_disguise(truth)
        card.delivered += delivered
        card.arrived += delivered and (truth is None or truth.fate in _READ)
        if truth is not None and Fate(truth.fate) in _NOT_IN_INBOX:
            counter = _NOT_IN_INBOX[Fate(truth.fate)]
            setattr(card, counter, getattr(card, counter) + 1)
        refused = story.evidence.last.outcome == Outcome.REFUSED or story.evidence.report is not None
        card.refused_otherwise += refused and not reported
        card.given_up += not delivered and not refused and not reported
        card.truth.alive += alive
        card.truth.gone += not alive
        card.hard_bounces_reported += reported
        card.truth.recipient_fault += reported and not alive
        card.truth.disguised += reported and alive and lied
        card.truth.misread += reported and alive and not lied
        if truth is not None and truth.cause is not None and not delivered:
            by_cause = card.truth.by_cause[truth.cause]
            by_cause.refused += 1
            by_cause.disguised += alive and lied and reported
        at_gateway = card.gateways.get(story.gateway)
        for part in (at_gateway, card.campaigns.setdefault(key[0], DeliveryCounts())):
            if part is not None:
                part.recipients += 1
                part.delivered += delivered
                part.hard_bounces += reported
                part.gone += reported and not alive
                part.disguised += reported and alive and lied
    card.hard_bounce_rate = share(card.hard_bounces_reported, card.recipients)


def naive_readings(readings: Mapping[str, Mapping[Key, Reading]]) -> Mapping[Key, Reading]:
    """Return the readings whose suppressions count as hard bounces: another system's where it reported, else NAIVE."""
    return readings[REPORTED] if REPORTED in readings else readings[NAIVE]


def score_returned(card: Scorecard, returned: Iterable[Returned]) -> None:
    """Count the mail that came back."""
    for row in returned:
        match row.kind:
            case ReturnedKind.REPORT:
                card.returned.reports += 1
            case ReturnedKind.COMPLAINT:
                card.returned.complaints += 1
            case ReturnedKind.FEEDBACK:
                card.returned.feedback += 1
            case ReturnedKind.AUTO_REPLY:
                card.returned.auto_replies += 1
            case _:
                card.returned.unreadable += 1
        card.returned.unjoined += not row.recipient


def _is_disguise(truth: Truth) -> bool:
    return not truth.honest and truth.claimed is not None and Cause(truth.claimed).fault is Fault.RECIPIENT
