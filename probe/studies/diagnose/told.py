"""What experiments can tell at all: some causes show nearly the same in all of them."""

from __future__ import annotations

from typing import NamedTuple

from probe.diagnose.belief import Belief
from probe.diagnose.choice import is_explained, knows_mailbox
from probe.diagnose.experiments import EXPERIMENTS
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
    return Told(cause=is_explained(belief), mailbox=knows_mailbox(belief))
