"""How a classifier's readings compare with the truth: errors, classes, cost and calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from probe.classify.reading import Advice, Reading
from probe.judge import class_scores
from probe.judge.calibration import Calibration, calibration
from probe.judge.class_scores import NONE, ClassScore, Confusion
from probe.judge.errors import ErrorCounts
from probe.judge.interval import interval, share
from probe.judge.prices import Cost, cost
from probe.judge.story import Key, Story
from probe.scenario.prices import MistakePrices

MOST_BY_HOUR_S: Final = 2 * 86_400.0
"""The longest run, in seconds, that is broken down by hours; a longer one by days."""
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


def score_classifier(
    stories: Mapping[Key, Story],
    readings: Mapping[Key, Reading],
    sites: Mapping[str, Site] | None = None,
    prices: MistakePrices | None = None,
) -> ClassifierScore:
    """Score a classifier. A missing reading counts as keep."""
    errors = ErrorCounts()
    confusion: Counter[tuple[str, str]] = Counter()
    parts: dict[str, dict[str, ErrorCounts]] = {}
    retested = 0
    format_ = _time_format(stories)
    for key, story in stories.items():
        reading = readings.get(key)
        alive, suppressed = story.mailbox.alive, reading is not None and reading.suppress
        retested += reading is not None and reading.advice is Advice.RETEST
        confusion[true_class(story), class_seen(reading)] += 1
        dimensions = (
            parts.setdefault(name, {}).setdefault(value, ErrorCounts())
            for name, value in _dimensions(story, sites or {}, format_)
        )
        for each in (errors, *dimensions):
            each.count(alive=alive, suppressed=suppressed)
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
        calibration=calibration(
            (reading.alive, stories[key].mailbox.alive)
            for key, reading in readings.items()
            if reading.alive is not None and stories[key].evidence.bounced
        ),
        parts={name: dict(sorted(values.items())) for name, values in sorted(parts.items())},
    )


def true_class(story: Story) -> str:
    """Return the name of the true cause, ``none`` where the message did not bounce."""
    return NONE if story.cause is None or not story.evidence.bounced else story.cause.value


def class_seen(reading: Reading | None) -> str:
    """Return the name of the cause that a classifier sees, ``none`` where it sees none."""
    return NONE if reading is None or reading.cause is None else reading.cause.value


def _dimensions(story: Story, sites: Mapping[str, Site], time_format: str) -> list[tuple[str, str]]:
    site = sites.get(story.gateway)
    last = story.evidence.last
    return [
        ("gateway", story.gateway or NONE),
        ("persona", site.persona if site else NONE),
        ("cause", true_class(story)),
        ("stage", last.stage or NONE if story.evidence.bounced else "delivered"),
        ("size", _size(site.mailboxes) if site else NONE),
        ("time", datetime.fromtimestamp(last.at, UTC).strftime(time_format) if last.at else NONE),
    ]


def _size(mailboxes: int) -> str:
    return next((name for most, name in _SIZES if mailboxes <= most), "over 1000")


def _time_format(stories: Mapping[Key, Story]) -> str:
    """Return the strftime format of hours or, for a long run, of days (ISO 8601)."""
    at = [story.evidence.last.at for story in stories.values() if story.evidence.last.at]
    return "%Y-%m-%dT%H" if not at or max(at) - min(at) <= MOST_BY_HOUR_S else "%Y-%m-%d"
