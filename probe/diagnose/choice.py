"""Which experiment comes next, and when to stop."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fake_gateways.truth import Fault
from probe.diagnose.belief import Belief
from probe.diagnose.experiment import Experiment

SURE_OF_CAUSE: Final = 0.95
SURE_OF_MAILBOX: Final = 0.99
_LEAST_GAIN: Final = 0.02
"""Bits. An experiment of which less is expected tells nothing."""


class Stopped(StrEnum):
    """Why a diagnosis ended."""

    DECIDED = "decided"
    CANNOT_TELL = "cannot-tell"
    """No experiment that is left can tell what is still possible."""
    BUDGET = "budget"


@dataclass(frozen=True)
class Budget:
    """What may be spent. Zero messages means that no message may be delivered."""

    cost: float = 60.0
    experiments: int = 15


def is_decided(belief: Belief) -> bool:
    """Whether the cause is known, and whether the mailbox is alive.

    The causes of which the recipient is at fault count as one: whether a mailbox never existed or is switched off
    makes no difference to a sender.
    """
    causes = belief.causes()
    likeliest = next(iter(causes.values()))
    gone = sum(weight for cause, weight in causes.items() if cause.fault is Fault.RECIPIENT)
    return max(likeliest, gone) >= SURE_OF_CAUSE and max(belief.alive, 1 - belief.alive) >= SURE_OF_MAILBOX


def choose(belief: Belief, left: Iterable[Experiment], made: int, spent: float, budget: Budget) -> Experiment | Stopped:
    """Return the experiment that is expected to tell most for its cost, or why none should be made.

    Greedy by information for cost (Zheng, Rish and Beygelzimer, UAI 2005).
    """
    if is_decided(belief):
        return Stopped.DECIDED
    gains = {each.name: (belief.gain(each), each) for each in left}
    telling = [(gain, each) for gain, each in gains.values() if gain >= _LEAST_GAIN]
    if not telling:
        return Stopped.CANNOT_TELL
    if made >= budget.experiments:
        return Stopped.BUDGET
    affordable = [(gain, each) for gain, each in telling if spent + each.cost(belief.depth) <= budget.cost]
    if not affordable:
        return Stopped.BUDGET
    return max(affordable, key=lambda each: each[0] / each[1].cost(belief.depth))[1]


def left_of(experiments: Collection[Experiment], made: Iterable[str]) -> list[Experiment]:
    """Return the experiments that can still be made: each once, the control once more."""
    done = list(made)
    return [each for each in experiments if done.count(each.name) < (2 if each.name == "control" else 1)]
