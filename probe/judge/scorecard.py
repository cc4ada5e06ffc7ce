"""The scorecard: the hard bounces that were reported, and what was true of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fake_gateways.truth import Cause, Fate, Fault
from probe.classify.by_code import BY_STATUS
from probe.classify.context.words import pattern_of, topics_in
from probe.classify.evidence import Evidence
from probe.classify.spec import REPORTED
from probe.judge.classifier_score import ClassifierScore
from probe.judge.interval import share
from probe.judge.story import Story
from probe.judge.watched import WatchScore
from probe.records.attempt import Outcome
from probe.records.returned import ReturnedKind

_NOT_IN_INBOX: Final = {
    Fate.JUNK: "junked",
    Fate.QUARANTINED: "quarantined",
    Fate.DISCARDED: "discarded",
    Fate.BOUNCED_LATER: "bounced_later",
}
_READ: Final = {Fate.INBOX, Fate.JUNK}
_OF_RECIPIENT: Final = {cause for cause in Cause if cause.fault is Fault.RECIPIENT}
"""A false claim of one of these is a disguise."""
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

    ``recipient_fault`` are gone. ``disguised`` are alive and got a reply that says that the mailbox is gone.
    ``misread`` are alive and got another reply, with a code that the naive reading takes for a dead mailbox. A server
    of another system writes no decisions: there the true cause is unknown, and the reply says which of the two it is.
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
    watched: WatchScore = field(default_factory=WatchScore)
    books: str = ""
    truth_is: str = AS_DECIDED

    @property
    def as_logged(self) -> bool:
        """Whether the run replays a log, so that its truth is what the log says."""
        return self.truth_is == AS_THE_LOG_SAYS


class _Delivery(NamedTuple):
    """What is counted of a recipient by gateway and by campaign."""

    alive: bool
    delivered: bool
    reported: bool
    lied: bool

    def add_to(self, counts: DeliveryCounts, recipients: int) -> None:
        counts.recipients += recipients
        counts.delivered += recipients * self.delivered
        counts.hard_bounces += recipients * self.reported
        counts.gone += recipients * (self.reported and not self.alive)
        counts.disguised += recipients * (self.reported and self.alive and self.lied)


class TruthTally:
    """Counts what was true of recipients. Its size does not grow with them; parts merge in any order."""

    def __init__(self) -> None:
        self._decided: Counter[tuple[_Delivery, bool, str | None, str | None]] = Counter()
        self._deliveries: Counter[tuple[str, str, _Delivery]] = Counter()

    def count(self, campaign: str, story: Story, *, alive: bool, bounced: bool, reported: bool) -> None:
        """Count a recipient that is or is not reported as a hard bounce."""
        truth = story.truth
        evidence = story.evidence
        cause = fate = None
        lied = False
        if truth is not None:
            cause, fate = truth.cause, truth.fate
            lied = cause is not None and not truth.honest and truth.claimed in _OF_RECIPIENT
        elif story.cause is Cause.UNKNOWN:
            cause, lied = Cause.UNKNOWN, alive and _says_gone(evidence)
        refused = bounced and (evidence.last.outcome == Outcome.REFUSED or evidence.report is not None)
        delivery = _Delivery(alive, not bounced, reported, lied)
        self._decided[delivery, refused, cause, fate] += 1
        self._deliveries[campaign, story.gateway, delivery] += 1

    def merge(self, other: TruthTally) -> None:
        """Add what another one has counted."""
        self._decided.update(other._decided)
        self._deliveries.update(other._deliveries)

    def fill(self, card: Scorecard, gateways: Iterable[str], campaigns: Iterable[str] = ()) -> None:
        """Fill in the hard bounces that were reported, and what was true of them."""
        card.gateways = {name: DeliveryCounts() for name in gateways}
        card.campaigns = {name: DeliveryCounts() for name in campaigns}
        card.truth.by_cause = {cause.value: CauseScore() for cause in Cause}
        card.recipients = card.recipients or self._decided.total()
        for (delivery, refused, cause, fate), count in self._decided.items():
            alive, delivered, reported, lied = delivery
            card.delivered += count * delivered
            card.arrived += count * (delivered and (fate is None or fate in _READ))
            if fate is not None and fate in _NOT_IN_INBOX:
                counter = _NOT_IN_INBOX[Fate(fate)]
                setattr(card, counter, getattr(card, counter) + count)
            card.refused_otherwise += count * (refused and not reported)
            card.given_up += count * (not delivered and not refused and not reported)
            card.truth.alive += count * alive
            card.truth.gone += count * (not alive)
            card.hard_bounces_reported += count * reported
            card.truth.recipient_fault += count * (reported and not alive)
            card.truth.disguised += count * (reported and alive and lied)
            card.truth.misread += count * (reported and alive and not lied)
            if cause is not None and not delivered:
                by_cause = card.truth.by_cause[cause]
                by_cause.refused += count
                by_cause.disguised += count * (alive and lied and reported)
        for (campaign, gateway, delivery), count in sorted(self._deliveries.items()):
            delivery.add_to(card.campaigns.setdefault(campaign, DeliveryCounts()), count)
            if gateway in card.gateways:
                delivery.add_to(card.gateways[gateway], count)
        card.hard_bounce_rate = share(card.hard_bounces_reported, card.recipients)


def _says_gone(evidence: Evidence) -> bool:
    """Whether a refusal says that the mailbox is gone: by its words, or by its status if the words name no cause."""
    _, enhanced, text = evidence.heard
    stated = topics_in(pattern_of(text, evidence.recipient)).cause
    return (stated or BY_STATUS.get((enhanced or "").partition(".")[2])) in _OF_RECIPIENT


def naive_of(classifiers: Container[str]) -> str:
    """Return the one whose suppressions count as hard bounces: another system where it reported, else NAIVE."""
    return REPORTED if REPORTED in classifiers else NAIVE


def returned_score(kinds: Mapping[tuple[str, bool], int]) -> ReturnedScore:
    """Return the score of mail that came back, counted by its kind and by whether its recipient is known."""
    score = ReturnedScore()
    for (kind, is_joined), count in kinds.items():
        match kind:
            case ReturnedKind.REPORT:
                score.reports += count
            case ReturnedKind.COMPLAINT:
                score.complaints += count
            case ReturnedKind.FEEDBACK:
                score.feedback += count
            case ReturnedKind.AUTO_REPLY:
                score.auto_replies += count
            case _:
                score.unreadable += count
        score.unjoined += count * (not is_joined)
    return score
