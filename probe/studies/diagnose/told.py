"""What experiments can tell at all: some causes show the same in all of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from fake_gateways.truth import Cause
from probe.diagnose.hypothesis import Hypothesis, told_apart
from probe.diagnose.patterns import Pattern
from probe.studies.diagnose.accuracy import Diagnosed, Signature, Subject

TOLD: Final = 0.95
"""Experiments can tell what is true of so many of the gateways at which they show the same."""


def signature_of(shows: Mapping[str, str]) -> Signature:
    """Return what all experiments show, in a fixed order."""
    return tuple(sorted(shows.items()))


def with_what_is_told(found: Sequence[Diagnosed], known: Iterable[Pattern]) -> list[Diagnosed]:
    """Return the diagnoses with what experiments can tell of their recipients, by these and by known patterns."""
    distinct = {(each.subject.case, each.subject.recipient): each.subject for each in found}
    tells = _tells(distinct.values(), known)
    result = []
    for each in found:
        subject = each.subject
        cause, alive = tells[subject.signature]
        told = subject._replace(
            cause_told=cause is told_apart(subject.truth.cause), mailbox_told=alive is subject.truth.alive
        )
        result.append(each._replace(subject=told))
    return result


def _tells(
    subjects: Collection[Subject], known: Iterable[Pattern]
) -> dict[Signature, tuple[Cause | None, bool | None]]:
    """Return for each signature the cause and the state of the mailbox that it tells, None for what it does not."""
    counts: dict[Signature, Counter[Hypothesis]] = defaultdict(Counter)
    for pattern in known:
        counts[signature_of(pattern.shows)][pattern.hypothesis] += pattern.times
    for each in subjects:
        counts[each.signature][each.truth] += each.case.weight
    return {signature: (_told_cause(of), _told_mailbox(of)) for signature, of in counts.items()}


def _told_cause(counts: Counter[Hypothesis]) -> Cause | None:
    of: Counter[Cause] = Counter()
    for hypothesis, times in counts.items():
        of[told_apart(hypothesis.cause)] += times
    ((cause, times),) = of.most_common(1)
    return cause if times >= TOLD * of.total() else None


def _told_mailbox(counts: Counter[Hypothesis]) -> bool | None:
    alive = sum(times for hypothesis, times in counts.items() if hypothesis.alive) / counts.total()
    return None if 1 - TOLD < alive < TOLD else alive > 1 / 2
