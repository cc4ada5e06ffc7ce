"""Suppression policies: when an address gets no more mail, judging by the messages sent to it so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from probe.classify.reading import Reading
from probe.judge.scorecard import NAIVE

DAY_S: Final = 86_400.0


class PastMessage(NamedTuple):
    """One message sent to an address: whether it bounced, and how a classifier reads its result.

    ``at`` is when the result was known, in seconds since the epoch: the end of the last attempt, or the arrival of a
    delivery report.
    """

    campaign: str
    at: float
    bounced: bool
    reading: Reading

    @property
    def hard(self) -> bool:
        """Whether it is a hard bounce: one after which the classifier suppresses the address."""
        return self.bounced and self.reading.suppress


class Policy(Protocol):
    """When an address gets no mail. Any callable of this shape works: ``--policy python:package.module:attribute``.

    It is called before every message, for each address by itself. An address that is suppressed at one time may be
    mailed later: this is how a grey list releases addresses.
    """

    def __call__(self, past: Sequence[PastMessage], at: float, /) -> bool:
        """Return whether the address gets nothing at a time, in seconds since the epoch.

        ``past`` are the messages whose results were known by then, in order; it may be empty.
        """
        ...


def never(past: Sequence[PastMessage], at: float, /) -> bool:
    """Never suppress: every bounce is forgotten."""
    del past, at
    return False


def first_hard(past: Sequence[PastMessage], at: float, /) -> bool:
    """Suppress at the first hard bounce.

    mailop, 27 February 2019: a provider that suppresses at the first hit, "aware of a small percentage of false
    positives", and the reply that every 5.1.x must be honoured at once.
    """
    del at
    return any(each.hard for each in past)


def second_hard(past: Sequence[PastMessage], at: float, /) -> bool:
    """Suppress at the second hard bounce, deliveries between or not. It lies between first and third; no source."""
    del at
    return sum(each.hard for each in past) >= 2


def three_in_a_row(past: Sequence[PastMessage], at: float, /) -> bool:
    """Suppress after three bounces in a row, hard or soft, over more than 14 days; a delivery restarts the count.

    Word to the Wise, 2013, on an agreement between Internet providers and mail providers of about 2002.
    """
    del at
    row: list[float] = []
    for each in past:
        row = [*row, each.at] if each.bounced else []
        if len(row) >= 3 and row[-1] - row[0] > 14 * DAY_S:
            return True
    return False


def grey_7_days(past: Sequence[PastMessage], at: float, /) -> bool:
    """Put on a grey list for 7 days at the first hard bounce, suppress at the second.

    The policy of MagNews, whose senders lost no addresses in the Gmail outage of December 2020.
    """
    hard = [each.at for each in past if each.hard]
    return len(hard) >= 2 or (bool(hard) and at < hard[0] + 7 * DAY_S)


def three_hard(past: Sequence[PastMessage], at: float, /) -> bool:
    """Suppress at the third hard bounce in all.

    The Certified Senders Alliance: at the latest after three hard bounces (mailop, 27 February 2019).
    """
    del at
    return sum(each.hard for each in past) >= 3


def classifier_gated(past: Sequence[PastMessage], at: float, /) -> bool:
    """Suppress as soon as the classifier advises it, bounce or not; a recipient to be retested is kept."""
    del at
    return any(each.reading.suppress for each in past)


NEVER: Final = "never"
GATED: Final = "classifier-gated"
FIRST: Final = "first-hard"
POLICIES: Final[dict[str, Policy]] = {
    FIRST: first_hard,
    GATED: classifier_gated,
    "grey-7-days": grey_7_days,
    "second-hard": second_hard,
    "three-hard": three_hard,
    "three-in-a-row": three_in_a_row,
    NEVER: never,
}


def usual(classifier: str) -> dict[str, Policy]:
    """Return the policies that are tried with a classifier by default.

    ``first-hard`` and ``classifier-gated`` differ only where a classifier suppresses without a bounce, so the naive
    reading gets the first and all others get the second.
    """
    left_out = GATED if classifier == NAIVE else FIRST
    return {name: policy for name, policy in POLICIES.items() if name != left_out}
