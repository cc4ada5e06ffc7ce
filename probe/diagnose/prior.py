"""What is believed before any reply: which patterns can be, and how likely each is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache
from typing import Final

from fake_gateways.truth import Cause, Fault
from probe.diagnose.conditions import Depth, Recipient
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.hypothesis import Hypothesis
from probe.diagnose.likelihood import is_wordless
from probe.diagnose.patterns import FIRST, Pattern, Patterns
from probe.diagnose.reply_kind import ALIKE

_ALIVE_IF_REFUSED_FOR_ANOTHER_REASON: Final = 0.8
"""Of those whom a gateway refuses for a reason of its own, most are alive: some 4 to 5 % of a list has left.

But whoever asks has doubts. With this value, a gateway that takes everybody proves nothing of a mailbox.
"""
CHANGES_NOTHING_WITHOUT: Final = {
    "links": "without-links",
    "attachments": "without-attachments",
    "size": "small-size",
    "tls": "over-tls",
}
"""Experiments that change nothing if something is missing: a message without links is the same without them."""
_OFFERED: Final = {(Cause.TLS_REQUIRED, depth): "tls" for depth in Depth} | {(Cause.TOO_LARGE, Depth.RCPT): "size"}
"""What a gateway offers that refuses for a cause: none requires TLS without it, or knows a size beforehand."""
OF_ONE: Final = frozenset({Fault.RECIPIENT, Fault.MAILBOX})
"""A refusal for one of these faults is about a single mailbox."""


def possible(patterns: Patterns, depth: Depth, means: Collection[str] | None) -> tuple[Pattern, ...]:
    """Return the patterns of a depth. With ``means``, those are left out that cannot be without what is missing."""
    known = patterns.at(depth)
    if means is not None:
        known = [each for each in known if _fits(each, means)] or known
    return tuple(map(_with_alike, known))


@cache
def is_about_refused(name: str) -> bool:
    """Whether the experiment of this name asks for the refused recipient."""
    return name in EXPERIMENTS and EXPERIMENTS[name].conditions.recipient is Recipient.REFUSED


def is_like_the_first(name: str, outcome: str, first: str | None) -> bool:
    """Whether an outcome of an experiment counts as alike, in any words: many gateways have several.

    A closed connection has no words, so all of them are alike.
    """
    return outcome == first and (is_about_refused(name) or (name in EXPERIMENTS and is_wordless(outcome)))


def _with_alike(pattern: Pattern) -> Pattern:
    first = pattern.shows.get(FIRST)
    alike = {name: ALIKE for name, outcome in pattern.shows.items() if is_like_the_first(name, outcome, first)}
    return pattern._replace(shows={**pattern.shows, **alike})


def _fits(pattern: Pattern, means: Collection[str]) -> bool:
    """Whether a gateway may refuse by a pattern, and not for something that is missing here."""
    if _OFFERED.get((pattern.hypothesis.cause, pattern.depth)) not in {None, *means}:
        return False
    shows, again = pattern.shows, pattern.shows.get("again")
    return all(mean in means or shows.get(name, again) == again for mean, name in CHANGES_NOTHING_WITHOUT.items())


def prior(known: Sequence[Pattern], patterns: Patterns) -> list[float]:
    """Return equal probabilities for all causes; within one, for the alive and the gone as of old, then by count.

    A cause is as much less likely here as it refuses elsewhere, or needs what this message does not have. ``patterns``
    are all that there are.
    """
    everywhere: Counter[Cause] = Counter()
    here: Counter[Cause] = Counter()
    for pattern in patterns.known:
        everywhere[pattern.hypothesis.cause] += pattern.times
    counts: Counter[Hypothesis] = Counter()
    for pattern in known:
        counts[pattern.hypothesis] += pattern.times
        here[pattern.hypothesis.cause] += pattern.times
    of_cause: dict[Cause, float] = {}
    for hypothesis in counts:
        of_cause[hypothesis.cause] = of_cause.get(hypothesis.cause, 0.0) + _of(hypothesis)
    weights = [
        here[each.hypothesis.cause]
        / everywhere[each.hypothesis.cause]
        * _of(each.hypothesis)
        / of_cause[each.hypothesis.cause]
        * each.times
        / counts[each.hypothesis]
        for each in known
    ]
    total = sum(weights)
    return [weight / total for weight in weights]


def _of(hypothesis: Hypothesis) -> float:
    if hypothesis.cause.fault in OF_ONE:
        return 1.0
    share = _ALIVE_IF_REFUSED_FOR_ANOTHER_REASON
    return share if hypothesis.alive else 1 - share
