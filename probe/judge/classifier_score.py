"""How a classifier's readings compare with the truth: errors, classes, cost and calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.classify.reading import Advice, Reading
from probe.judge import class_scores
from probe.judge.calibration import Calibration, Probabilities
from probe.judge.class_scores import NONE, ClassScore, Confusion
from probe.judge.errors import ErrorCounts
from probe.judge.interval import interval, share
from probe.judge.prices import Cost, cost
from probe.judge.story import Story
from probe.scenario.prices import MistakePrices

_ALIVE: Final = {state: state.alive for state in MailboxState}
_NAMES: Final = {cause: cause.value for cause in Cause}
"""What enum members answer, kept because asking them costs more than all counting."""
_HOUR_S: Final = 3600
_SIZES: Final = ((10, "1 to 10"), (50, "11 to 50"), (200, "51 to 200"), (1000, "201 to 1000"))


@dataclass(frozen=True)
class Site:
    """A gateway: its persona and the number of its mailboxes, by which scores are broken down."""

    persona: str
    mailboxes: int


@dataclass
class ClassifierScore:
    """How a classifier's suppressions compare with the mailboxes that are really gone. Intervals are Wilson's, 95 %.

    The rates are shares of the living and of the gone recipients. A recipient to be tested again (``retested``) counts
    as kept. Precision is 1 when nothing is suppressed, recall is 1 when no recipient is gone. ``causes`` and ``faults``
    score the classes that the classifier names; ``confusion`` counts recipients by true cause and cause seen.
    ``calibration`` is that of its probabilities for recipients that bounced. ``parts`` breaks the errors down by
    gateway, persona, true cause, stage, size of the company and time.
    """

    wrongly_suppressed: int
    missed_dead: int
    rightly_suppressed: int
    retested: int
    wrongly_suppressed_rate: float
    wrongly_suppressed_interval: tuple[float, float]
    missed_dead_rate: float
    missed_dead_interval: tuple[float, float]
    precision: float
    precision_interval: tuple[float, float]
    recall: float
    recall_interval: tuple[float, float]
    f1: float
    cost: Cost = field(default_factory=Cost)
    causes: dict[str, ClassScore] = field(default_factory=dict)
    faults: dict[str, ClassScore] = field(default_factory=dict)
    confusion: Confusion = field(default_factory=dict)
    calibration: Calibration | None = None
    parts: dict[str, dict[str, ErrorCounts]] = field(default_factory=dict)


class Facts(NamedTuple):
    """What is true of a recipient, as far as errors are broken down by it: ``hour`` counts from the epoch."""

    alive: bool
    bounced: bool
    gateway: str
    cause: str
    stage: str
    hour: int | None


def facts_of(story: Story) -> Facts:
    """Return what is true of a recipient."""
    evidence = story.evidence
    last, bounced = evidence.last, evidence.bounced
    return Facts(
        _ALIVE[story.mailbox],
        bounced,
        story.gateway,
        true_class(story) if bounced else NONE,  # the usual case, for speed
        last.stage or NONE if bounced else "delivered",
        int(last.at // _HOUR_S) if last.at else None,
    )


class ClassifierTally:
    """Counts a classifier's readings. Its size does not grow with the recipients; parts merge in any order."""

    def __init__(self) -> None:
        self._classes: Counter[tuple[bool, str, str, Advice, str]] = Counter()
        self._gateways: Counter[tuple[str, bool, bool]] = Counter()
        self._hours: Counter[tuple[int | None, bool, bool]] = Counter()
        self._probabilities = Probabilities()

    def count(self, facts: Facts, reading: Reading | None) -> None:
        """Count the reading of a recipient. A missing one counts as keep."""
        alive, bounced, gateway, cause, stage, hour = facts
        advice = Advice.KEEP if reading is None else reading.advice
        suppressed = advice is Advice.SUPPRESS
        self._classes[alive, cause, stage, advice, class_seen(reading)] += 1
        self._gateways[gateway, alive, suppressed] += 1
        self._hours[hour, alive, suppressed] += 1
        if bounced and reading is not None and reading.alive is not None:
            self._probabilities.count(reading.alive, true=alive)

    def merge(self, other: ClassifierTally) -> None:
        """Add what another one has counted."""
        self._classes.update(other._classes)
        self._gateways.update(other._gateways)
        self._hours.update(other._hours)
        self._probabilities.merge(other._probabilities)

    def score(self, sites: Mapping[str, Site], prices: MistakePrices | None = None, *, by_day: bool) -> ClassifierScore:
        """Score the classifier, with its errors by hours or by days."""
        errors = ErrorCounts()
        confusion: Counter[tuple[str, str]] = Counter()
        retested = 0
        for (alive, cause, _, advice, seen), count in self._classes.items():
            errors.count(alive=alive, suppressed=advice is Advice.SUPPRESS, recipients=count)
            confusion[cause, seen] += count
            retested += count * (advice is Advice.RETEST)
        wrong, right = errors.wrongly_suppressed, errors.gone - errors.missed_dead
        suppressed_all = wrong + right
        kept = errors.alive + errors.gone - suppressed_all
        precision = share(right, suppressed_all) if suppressed_all else 1.0
        recall = share(right, errors.gone) if errors.gone else 1.0
        return ClassifierScore(
            wrongly_suppressed=wrong,
            missed_dead=errors.missed_dead,
            rightly_suppressed=right,
            retested=retested,
            wrongly_suppressed_rate=errors.wrongly_suppressed_rate,
            wrongly_suppressed_interval=errors.wrongly_suppressed_interval,
            missed_dead_rate=errors.missed_dead_rate,
            missed_dead_interval=errors.missed_dead_interval,
            precision=precision,
            precision_interval=interval(right, suppressed_all),
            recall=recall,
            recall_interval=interval(right, errors.gone),
            f1=class_scores.f1(precision, recall),
            cost=cost(prices or MistakePrices(), living_suppressed=wrong, dead_kept=errors.missed_dead, kept=kept),
            causes=class_scores.by_cause(confusion),
            faults=class_scores.by_fault(confusion),
            confusion=class_scores.table(confusion),
            calibration=self._probabilities.calibration(),
            parts=self._parts(sites, "%Y-%m-%d" if by_day else "%Y-%m-%dT%H"),
        )

    def _parts(self, sites: Mapping[str, Site], time_format: str) -> dict[str, dict[str, ErrorCounts]]:
        """Return the errors by part. ``time_format`` is strftime's, of hours or of days (ISO 8601)."""
        found: dict[str, dict[str, ErrorCounts]] = {}

        def add(part: str, value: str, count: int, *, alive: bool, suppressed: bool) -> None:
            errors = found.setdefault(part, {}).setdefault(value, ErrorCounts())
            errors.count(alive=alive, suppressed=suppressed, recipients=count)

        for (alive, cause, stage, advice, _), count in self._classes.items():
            suppressed = advice is Advice.SUPPRESS
            add("cause", cause, count, alive=alive, suppressed=suppressed)
            add("stage", stage, count, alive=alive, suppressed=suppressed)
        for (gateway, alive, suppressed), count in self._gateways.items():
            site = sites.get(gateway)
            add("gateway", gateway or NONE, count, alive=alive, suppressed=suppressed)
            add("persona", site.persona if site else NONE, count, alive=alive, suppressed=suppressed)
            add("size", _size(site.mailboxes) if site else NONE, count, alive=alive, suppressed=suppressed)
        for (hour, alive, suppressed), count in self._hours.items():
            at = NONE if hour is None else datetime.fromtimestamp(hour * _HOUR_S, UTC).strftime(time_format)
            add("time", at, count, alive=alive, suppressed=suppressed)
        return {name: dict(sorted(values.items())) for name, values in sorted(found.items())}


def true_class(story: Story) -> str:
    """Return the name of the true cause, ``none`` where the message did not bounce."""
    cause = story.cause if story.evidence.bounced else None
    return NONE if cause is None else _NAMES[cause]


def class_seen(reading: Reading | None) -> str:
    """Return the name of the cause that a classifier sees, ``none`` where it sees none."""
    return NONE if reading is None or reading.cause is None else _NAMES[reading.cause]


def _size(mailboxes: int) -> str:
    return next((name for most, name in _SIZES if mailboxes <= most), "over 1000")
