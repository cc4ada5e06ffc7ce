"""How a classifier's word compares with the truth: whom it would suppress wrongly, whom it would keep in vain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from probe.classify.reading import Advice, Reading
from probe.judge import class_scores as classes
from probe.judge.calibration import Calibration, calibration
from probe.judge.class_scores import NONE, ClassScore, Confusion
from probe.judge.interval import wilson
from probe.judge.prices import Cost, cost
from probe.judge.story import Key, Story
from probe.scenario.prices import MistakePrices

HOURS_TOLD_APART_S: Final = 2 * 86_400.0
"""A run that lasts longer is broken down by days."""
_SIZES: Final = ((10, "1 to 10"), (50, "11 to 50"), (200, "51 to 200"), (1000, "201 to 1000"))


@dataclass
class Errors:
    """A part of the recipients, and the mistakes made about them."""

    alive: int = 0
    wrongly_suppressed: int = 0
    gone: int = 0
    missed_dead: int = 0


@dataclass(frozen=True)
class Site:
    """A gateway as far as scores are broken down by it: whose it is, and how many mailboxes are behind it."""

    persona: str
    mailboxes: int


@dataclass
class ClassifierScore:
    """How a classifier's suppressions compare with who is really gone. Intervals are Wilson's, 95 %.

    The rates are shares of the living and of the gone among the recipients; a recipient to be tested again
    (``retested``) counts as kept. ``causes`` and ``faults`` score the classes it names, ``confusion`` counts recipients
    by true cause and cause seen. ``calibration`` is that of its probabilities about whoever bounced. ``parts`` breaks
    the mistakes down by gateway, persona, true cause, stage, size of the company and time.
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
    parts: dict[str, dict[str, Errors]] = field(default_factory=dict)


def score_classifier(
    told: Mapping[Key, Story],
    readings: Mapping[Key, Reading],
    sites: Mapping[str, Site] | None = None,
    prices: MistakePrices | None = None,
) -> ClassifierScore:
    """Count whom a classifier would suppress against who is gone. Nobody said about means kept."""
    counts: Counter[tuple[bool, bool]] = Counter()
    confusion: Counter[tuple[str, str]] = Counter()
    parts: dict[str, dict[str, Errors]] = {}
    retested = 0
    format_ = _time_format(told)
    for key, story in told.items():
        reading = readings.get(key)
        alive, suppress = story.mailbox.alive, reading is not None and reading.suppress
        counts[alive, suppress] += 1
        retested += reading is not None and reading.advice is Advice.RETEST
        confusion[true_class(story), class_seen(reading)] += 1
        for name, value in _places(story, sites or {}, format_):
            errors = parts.setdefault(name, {}).setdefault(value, Errors())
            errors.alive += alive
            errors.gone += not alive
            errors.wrongly_suppressed += alive and suppress
            errors.missed_dead += not alive and not suppress
    wrong, right = counts[True, True], counts[False, True]
    missed, kept = counts[False, False], counts[False, False] + counts[True, False]
    alive_all, gone, suppressed = wrong + counts[True, False], right + missed, wrong + right
    # Who suppresses nobody makes no mistake in it.
    precision = share(right, suppressed) if suppressed else 1.0
    recall = share(right, gone) if gone else 1.0
    return ClassifierScore(
        wrongly_suppressed=wrong,
        missed_dead=missed,
        rightly_suppressed=right,
        retested=retested,
        wrongly_suppressed_rate=share(wrong, alive_all),
        wrongly_suppressed_interval=interval(wrong, alive_all),
        missed_dead_rate=share(missed, gone),
        missed_dead_interval=interval(missed, gone),
        precision=precision,
        precision_interval=interval(right, suppressed),
        recall=recall,
        recall_interval=interval(right, gone),
        f1=classes.f1(precision, recall),
        cost=cost(prices or MistakePrices(), living_suppressed=wrong, dead_kept=missed, kept=kept),
        causes=classes.by_cause(confusion),
        faults=classes.by_fault(confusion),
        confusion=classes.table(confusion),
        calibration=calibration(
            (reading.alive, told[key].mailbox.alive)
            for key, reading in readings.items()
            if reading.alive is not None and told[key].evidence.bounced
        ),
        parts={name: dict(sorted(values.items())) for name, values in sorted(parts.items())},
    )


def true_class(story: Story) -> str:
    """Return the name of the true cause, ``none`` where the message did not bounce."""
    return NONE if story.cause is None or not story.evidence.bounced else story.cause.value


def class_seen(reading: Reading | None) -> str:
    """Return the name of the cause that a classifier sees, ``none`` where it sees none."""
    return NONE if reading is None or reading.cause is None else reading.cause.value


def _places(story: Story, sites: Mapping[str, Site], time_format: str) -> list[tuple[str, str]]:
    site = sites.get(story.gateway)
    last = story.evidence.last
    return [
        ("gateway", story.gateway or NONE),
        ("persona", site.persona if site else NONE),
        ("cause", true_class(story)),
        ("stage", last.stage if story.evidence.bounced else "delivered"),
        ("size", _size(site.mailboxes) if site else NONE),
        ("time", datetime.fromtimestamp(last.at, UTC).strftime(time_format)),
    ]


def _size(mailboxes: int) -> str:
    return next((name for most, name in _SIZES if mailboxes <= most), "over 1000")


def _time_format(told: Mapping[Key, Story]) -> str:
    """Return the hours or the days of the run, as ISO 8601 writes them."""
    at = [story.evidence.last.at for story in told.values()]
    return "%Y-%m-%dT%H" if not at or max(at) - min(at) <= HOURS_TOLD_APART_S else "%Y-%m-%d"


def share(hits: int, cases: int) -> float:
    """Return a share to six places, 0 where there is no case."""
    return round(hits / cases, 6) if cases else 0.0


def interval(hits: int, cases: int) -> tuple[float, float]:
    """Return Wilson's interval to six places."""
    low, high = wilson(hits, cases)
    return round(low, 6), round(high, 6)
