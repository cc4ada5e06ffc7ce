"""What experiments can tell at all: some causes show nearly the same in all of them."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from fake_gateways.truth import Cause
from probe.diagnose.belief import Belief
from probe.diagnose.choice import SURE_OF_CAUSE, SURE_OF_MAILBOX
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.hypothesis import told_apart
from probe.diagnose.patterns import FIRST, HISTORY, WORDS, Pattern, Patterns


class Told(NamedTuple):
    """Whether all experiments together would decide the cause, and whether the mailbox is alive: rightly or not."""

    cause: bool
    mailbox: bool


def told_by_all(shown: Pattern, patterns: Patterns) -> Told:
    """Return what would be decided by who had made every experiment, each at the gateway as it was after the refusal.

    ``shown`` is what came of them.
    """
    belief = Belief.before(patterns, shown.depth)
    for of in (FIRST, WORDS, HISTORY):
        if of in shown.shows:
            belief = belief.told(of, shown.shows[of])
    for name, outcome in shown.shows.items():
        if name in EXPERIMENTS:
            belief = belief.observed(EXPERIMENTS[name], outcome)
    of_cause: defaultdict[Cause, float] = defaultdict(float)
    for cause, probability in belief.causes().items():
        of_cause[told_apart(cause)] += probability
    return Told(
        cause=max(of_cause.values()) >= SURE_OF_CAUSE,
        mailbox=max(belief.alive, 1 - belief.alive) >= SURE_OF_MAILBOX,
    )
