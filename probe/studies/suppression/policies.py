"""Suppression policies: when an address is not mailed any more, going by what was heard of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from probe.classify.reading import Reading
from probe.judge.scorecard import NAIVE

DAY_S: Final = 86_400.0


class Hearing(NamedTuple):
    """What a sender heard of one message to an address: that it was delivered, or a bounce and how that was read.

    ``at`` is when the last word of it came, in seconds since the epoch: the end of the last attempt, or a report's
    coming home.
    """

    campaign: str
    at: float
    bounced: bool
    reading: Reading

    @property
    def hard(self) -> bool:
        """Whether it is a hard bounce: one after which its reader would suppress the address."""
        return self.bounced and self.reading.suppress


class Policy(Protocol):
    """When an address is not mailed. Any callable of this shape will do: ``--policy python:package.module:attribute``.

    It is asked before every message, of each address by itself. Whom it does not mail it hears nothing of. An address
    that it does not mail at one moment may be mailed at a later one: so a grey list releases.
    """

    def __call__(self, past: Sequence[Hearing], at: float, /) -> bool:
        """Return whether the address gets nothing at a moment, in seconds since the epoch.

        ``past`` is all that was heard of it by then, in order; it may be empty.
        """
        ...


def never(past: Sequence[Hearing], at: float, /) -> bool:
    """Suppress nobody: what is left if every bounce is forgotten."""
    del past, at
    return False


def first_hard(past: Sequence[Hearing], at: float, /) -> bool:
    """Suppress at the first hard bounce.

    mailop, 27 February 2019: a provider that suppresses at the first hit, "aware of a small percentage of false
    positives", and the reply that every 5.1.x must be honoured at once.
    """
    del at
    return any(each.hard for each in past)


def second_hard(past: Sequence[Hearing], at: float, /) -> bool:
    """Suppress at the second hard bounce, whatever lies between the two. Between the first and the third; no source."""
    del at
    return sum(each.hard for each in past) >= 2


def three_in_a_row(past: Sequence[Hearing], at: float, /) -> bool:
    """Suppress after three bounces in a row, hard or soft, over more than 14 days; a delivery begins anew.

    Word to the Wise, 2013, of the handshake between Internet providers and mail providers of about 2002.
    """
    del at
    row: list[float] = []
    for each in past:
        row = [*row, each.at] if each.bounced else []
        if len(row) >= 3 and row[-1] - row[0] > 14 * DAY_S:
            return True
    return False


def grey_7_days(past: Sequence[Hearing], at: float, /) -> bool:
    """Put on a grey list for 7 days at the first hard bounce, suppress at the second.

    MagNews' way, by which its senders came through the Gmail outage of December 2020.
    """
    hard = [each.at for each in past if each.hard]
    return len(hard) >= 2 or (bool(hard) and at < hard[0] + 7 * DAY_S)


def three_hard(past: Sequence[Hearing], at: float, /) -> bool:
    """Suppress at the third hard bounce in all.

    The Certified Senders Alliance: at the latest after three hard bounces (mailop, 27 February 2019).
    """
    del at
    return sum(each.hard for each in past) >= 3


def classifier_gated(past: Sequence[Hearing], at: float, /) -> bool:
    """Suppress as soon as the classifier advises it, bounce or not; what it wants to test again is kept."""
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


def usual(reader: str) -> dict[str, Policy]:
    """Return the policies to be tried with a reader of bounces unless others are asked for.

    ``first-hard`` and ``classifier-gated`` part only where a classifier advises about what did not bounce, so the
    naive reading has the one and all others have the other.
    """
    left_out = GATED if reader == NAIVE else FIRST
    return {name: policy for name, policy in POLICIES.items() if name != left_out}
