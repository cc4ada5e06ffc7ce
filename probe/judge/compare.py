"""Compares two classifiers on the same recipients: where they differ, and whether that may be chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb, erfc, sqrt
from typing import Final, NamedTuple

from probe.classify.reading import Advice
from probe.judge.errors import is_error
from probe.judge.story import JudgedRecipient, Story
from probe.records.attempt import reply_line

EXACT_UP_TO: Final = 1000
"""Up to this many discordant recipients the binomial distribution is summed; beyond, the normal one is close enough."""

SIGNIFICANCE: Final = 0.05
"""The p value above which a difference may be chance."""


class Change(NamedTuple):
    """A recipient on which the two classifiers differ, and the last reply about it."""

    campaign: str
    recipient: str
    alive: bool
    first: Advice
    second: Advice
    reply: str

    @property
    def is_worse(self) -> bool:
        """Whether the second classifier is wrong and the first is not."""
        return _is_wrong(self.second, alive=self.alive) and not _is_wrong(self.first, alive=self.alive)

    @property
    def is_better(self) -> bool:
        """Whether the first classifier is wrong and the second is not."""
        return _is_wrong(self.first, alive=self.alive) and not _is_wrong(self.second, alive=self.alive)


@dataclass
class McNemar:
    """Paired mistakes of one kind (McNemar 1947)."""

    cases: int = 0
    both_wrong: int = 0
    only_first: int = 0
    only_second: int = 0

    @property
    def p_value(self) -> float:
        """The two-sided p-value of the difference."""
        return mcnemar(self.only_first, self.only_second)

    @property
    def is_sure(self) -> bool:
        """Whether the difference is more than chance would explain."""
        return self.p_value <= SIGNIFICANCE

    @property
    def is_loss(self) -> bool:
        """Whether the second classifier makes more mistakes."""
        return self.only_second > self.only_first

    @property
    def is_sure_gain(self) -> bool:
        """Whether the second classifier makes fewer mistakes, and not by chance."""
        return self.only_second < self.only_first and self.is_sure


@dataclass
class Comparison:
    """The mistakes on the ``living`` (wrongly suppressed) and on the ``gone`` (missed), and all differences."""

    living: McNemar = field(default_factory=McNemar)
    gone: McNemar = field(default_factory=McNemar)
    changes: list[Change] = field(default_factory=list)

    def count(self, recipient: JudgedRecipient, first: Advice, second: Advice) -> None:
        """Count what both advise about a recipient."""
        story = recipient.story
        alive = story.mailbox.alive
        wrong = _is_wrong(first, alive=alive), _is_wrong(second, alive=alive)
        test = self.living if alive else self.gone
        test.cases += 1
        test.both_wrong += wrong == (True, True)
        test.only_first += wrong == (True, False)
        test.only_second += wrong == (False, True)
        if first is not second:
            self.changes.append(Change(*recipient.key, alive, first, second, heard(story)))

    @property
    def is_worse(self) -> bool:
        """Whether the second classifier makes more mistakes of either kind, unless a sure gain outweighs chance.

        A loss that may be chance does not count beside a significant gain of the other kind.
        """
        tests = (self.living, self.gone)
        if not any(test.is_sure_gain for test in tests):
            return any(test.is_loss for test in tests)
        return any(test.is_loss and test.is_sure for test in tests)


def heard(story: Story) -> str:
    """Return the last reply, or the delivery report that replaced it, on one line."""
    return reply_line(*story.evidence.heard)


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the two-sided p-value: exact for small counts, by chi-square with continuity correction for large ones."""
    different = only_first + only_second
    if different <= EXACT_UP_TO:
        tail = sum(comb(different, hits) for hits in range(min(only_first, only_second) + 1))
        return float(min(1.0, 2 * tail / 2**different))
    distance = max(abs(only_first - only_second) - 1, 0)
    return erfc(sqrt(distance * distance / different / 2))


def _is_wrong(advice: Advice, *, alive: bool) -> bool:
    return is_error(alive=alive, suppressed=advice is Advice.SUPPRESS)
