"""Retests: attempts in a later round than a permanent refusal."""

from __future__ import annotations

import pytest
from book_rows import attempt, refused
from circumstances import evidence_of

from probe.classify.context.retests import is_retest, refusals
from probe.records.attempt import Attempt

REFUSED = refused(number=1, seq=1)
DEFERRED = refused(number=1, seq=1, code=451)


@pytest.mark.parametrize(
    ("earlier", "number", "retest"),
    [
        ((), 1, False),
        ((REFUSED,), 2, True),
        ((REFUSED,), 1, False),  # the next exchanger of the same round
        ((DEFERRED,), 2, False),
        ((REFUSED, DEFERRED._replace(seq=2)), 2, False),  # the round ended in a deferral
        ((DEFERRED, REFUSED._replace(number=2)), 3, True),
    ],
)
def test_an_attempt_after_a_round_that_ended_in_a_refusal_is_a_retest(
    earlier: tuple[Attempt, ...], number: int, *, retest: bool
) -> None:
    assert is_retest(attempt(number=number), earlier) is retest


def test_the_last_refusal_of_each_round_counts() -> None:
    first, next_exchanger, second = REFUSED, REFUSED._replace(seq=2), REFUSED._replace(number=2, seq=3)
    assert refusals(evidence_of(first, next_exchanger, second)) == (next_exchanger, second)
    assert refusals(evidence_of(first, attempt(number=1, seq=2))) == ()
    assert refusals(evidence_of(DEFERRED, second)) == (second,)
