"""How often diagnoses were right, and what they cost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fake_gateways.truth import Cause
from probe.diagnose.choice import Stopped
from probe.diagnose.hypothesis import Hypothesis, told_apart
from probe.studies.diagnose.cases import Case

Signature = tuple[tuple[str, str], ...]
"""What every experiment shows. Two causes with the same signature cannot be told apart."""


class Diagnosed(NamedTuple):
    """What was found out about one recipient, and what is true."""

    case: Case
    truth: Hypothesis
    cause: Cause
    alive: float
    stopped: Stopped
    messages: int
    recipients: int
    seconds: float
    signature: Signature


class Accuracy(NamedTuple):
    """How often diagnoses were right.

    ``possible`` is the share that nobody could better who reads what all experiments show: some causes show the same.
    It is about all causes together.
    ``sure`` is the share of diagnoses that were decided; of these, ``sure_of_cause`` and ``sure_of_mailbox`` are right.
    """

    recipients: int
    right: float
    possible: float | None
    sure: float
    sure_of_cause: float | None
    sure_of_mailbox: float | None


class Spent(NamedTuple):
    """What the diagnoses of half of the recipients cost at most, and those of 95 of 100."""

    median: float
    most: float


def accuracy(found: Sequence[Diagnosed]) -> Accuracy:
    """Count how often diagnoses of gateways of every cause were right."""
    return _accuracy(found)._replace(possible=_possible(found))


def _accuracy(found: Sequence[Diagnosed]) -> Accuracy:
    sure = [each for each in found if each.stopped is Stopped.DECIDED]
    return Accuracy(
        recipients=len(found),
        right=sum(map(_is_right, found)) / len(found),
        possible=None,
        sure=len(sure) / len(found),
        sure_of_cause=_share(map(_is_right, sure)),
        sure_of_mailbox=_share((each.alive > 1 / 2) == each.truth.alive for each in sure),
    )


def by_cause(found: Sequence[Diagnosed]) -> dict[str, Accuracy]:
    """Return the accuracy for all, and for each true cause."""
    of: dict[str, list[Diagnosed]] = {}
    for each in sorted(found, key=lambda each: each.truth.cause):
        of.setdefault(each.truth.cause.value, []).append(each)
    return {"all": accuracy(found), **{cause: _accuracy(some) for cause, some in of.items()}}


def spent(found: Sequence[Diagnosed]) -> dict[str, Spent]:
    """Return the recipients that were asked about, the messages that were delivered, and the minutes that passed."""
    return {
        "recipients": _percentiles(each.recipients for each in found),
        "messages": _percentiles(each.messages for each in found),
        "minutes": _percentiles(each.seconds / 60 for each in found),
    }


def mixed_up(found: Sequence[Diagnosed]) -> dict[str, int]:
    """Return how often each cause was diagnosed as another one, the most frequent first."""
    counts = Counter(f"{each.truth.cause}, diagnosed as {each.cause}" for each in found if not _is_right(each))
    return dict(counts.most_common())


def _is_right(each: Diagnosed) -> bool:
    """Whether the cause is right, as far as it matters to a sender."""
    return told_apart(each.cause) is told_apart(each.truth.cause)


def _percentiles(values: Iterable[float]) -> Spent:
    ordered = sorted(values)
    return Spent(ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)])


def _possible(found: Sequence[Diagnosed]) -> float:
    groups: dict[tuple[str, Signature], Counter[Cause]] = defaultdict(Counter)
    for each in found:
        groups[each.case.persona, each.signature][told_apart(each.truth.cause)] += 1
    return sum(max(counts.values()) for counts in groups.values()) / len(found)


def _share(right: Iterable[bool]) -> float | None:
    """Return the share of what is right, None if there is nothing."""
    told = list(right)
    return sum(told) / len(told) if told else None
