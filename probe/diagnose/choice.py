"""Which experiment comes next, and when to stop."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fake_gateways.truth import Cause
from probe.diagnose.belief import Belief
from probe.diagnose.conditions import Depth
from probe.diagnose.experiment import Experiment
from probe.diagnose.hypothesis import Hypothesis, told_apart
from probe.diagnose.lookahead import Lookahead

SURE_OF_CAUSE: Final = 0.95
SURE_OF_MAILBOX: Final = 0.99
_LEAST_GAIN: Final = 0.02
"""Bits. An experiment of which less is expected tells nothing."""
_NEARLY_AS_GOOD: Final = 0.3
"""Experiments that tell less than 30 % as much for their cost as the best one are not considered."""
_TWICE: Final = frozenset({"again", "control"})
"""Gateways change their minds: what they say of the recipient and of the control is worth asking once more."""


class Stopped(StrEnum):
    """Why a diagnosis ended."""

    DECIDED = "decided"
    CANNOT_TELL = "cannot-tell"
    """No experiment that is left can tell what is still possible."""
    BUDGET = "budget"


@dataclass(frozen=True)
class Budget:
    """What may be spent: costs as an experiment counts them, and a number of experiments.

    Experiments that begin only after more than ``longest_wait_s`` are not made.
    """

    cost: float = 60.0
    experiments: int = 15
    longest_wait_s: float = math.inf

    @classmethod
    def of(cls, experiments: int) -> Budget:
        """Return the budget of so many experiments, of which each may cost as much as usual."""
        usual = cls()
        return cls(usual.cost / usual.experiments * experiments, experiments)

    @property
    def is_spent(self) -> bool:
        """Whether no experiment can be made."""
        return self.experiments < 1 or self.cost < 1

    def rest(self, experiments: int, cost: float) -> Budget:
        """Return what may be spent on one more recipient: the rest of what is for all, and no more than is usual."""
        usual = Budget()
        return Budget(min(usual.cost, self.cost - cost), min(usual.experiments, self.experiments - experiments))

    def allows(self, experiment: Experiment, depth: Depth, spent: float) -> bool:
        """Whether an experiment may be made after so much was spent."""
        return spent + experiment.cost(depth) <= self.cost and experiment.conditions.wait_s <= self.longest_wait_s


NOTHING: Final = Budget(experiments=0)
"""For a diagnosis that makes no experiments."""


def knows_mailbox(belief: Belief) -> bool:
    """Whether it is known whether the mailbox is alive, for whatever cause."""
    return _knows_mailbox(belief.hypotheses())


def is_explained(belief: Belief) -> bool:
    """Whether the cause is known, as far as it matters to a sender."""
    return _is_explained(belief.hypotheses())


def _knows_mailbox(believed: Mapping[Hypothesis, float]) -> bool:
    alive = sum(weight for hypothesis, weight in believed.items() if hypothesis.alive)
    return max(alive, 1 - alive) >= SURE_OF_MAILBOX


def _is_explained(believed: Mapping[Hypothesis, float]) -> bool:
    of_cause: dict[Cause, float] = {}
    for (cause, _), weight in believed.items():
        of_cause[told_apart(cause)] = of_cause.get(told_apart(cause), 0.0) + weight
    return max(of_cause.values()) >= SURE_OF_CAUSE


def _is_decided(believed: Mapping[Hypothesis, float]) -> bool:
    return _is_explained(believed) and _knows_mailbox(believed)


def choose(
    belief: Belief,
    left: Iterable[Experiment],
    made: int,
    spent: float,
    budget: Budget,
    *,
    of_cause: bool = True,
) -> Experiment | Stopped:
    """Return the experiment that is expected to tell most for its cost, or why none should be made.

    Without ``of_cause`` it is enough to know whether the mailbox is alive.
    Information for cost (Zheng, Rish and Beygelzimer, UAI 2005) chooses the experiments that are worth a look; of these
    it is the one with which the whole diagnosis is expected to cost least.
    """
    decided = _is_decided if of_cause else _knows_mailbox
    if decided(belief.hypotheses()):
        return Stopped.DECIDED
    telling = {each: gain for each in left if (gain := belief.gain(each)) >= _LEAST_GAIN}
    if not telling:
        return Stopped.CANNOT_TELL
    if made >= budget.experiments:
        return Stopped.BUDGET
    worth = {
        each: gain / each.cost(belief.depth)
        for each, gain in telling.items()
        if budget.allows(each, belief.depth, spent)
    }
    if not worth:
        return Stopped.BUDGET
    good = [each for each, told in worth.items() if told >= _NEARLY_AS_GOOD * max(worth.values())]
    return min(good, key=Lookahead(belief, list(worth), _LEAST_GAIN, decided).cost) if len(good) > 1 else good[0]


def left_of(
    experiments: Collection[Experiment], made: Iterable[str], deferred: Collection[str] = ()
) -> list[Experiment]:
    """Return the experiments that can still be made: each once, those of ``_TWICE`` and the ``deferred`` once more."""
    done, twice = list(made), {*_TWICE, *deferred}
    return [each for each in experiments if done.count(each.name) < (2 if each.name in twice else 1)]
