"""Rounds of a delivery."""

from __future__ import annotations

from book_rows import STARTS, attempt, refused, returned
from circumstances import UNKNOWN, WEEK_S, evidence_of

from probe.records.attempt import Attempt, Outcome
from probe.studies.suppression.rounds import known_at, rounds


def numbers(*attempts: Attempt) -> list[list[int]]:
    """Return the numbers of the attempts of each round."""
    return [[row.number for row in each.attempts] for each in rounds(evidence_of(*attempts))]


REPORT = returned(at=STARTS + 60)
FIRST = refused(**UNKNOWN)
AGAIN = FIRST._replace(number=2, at=STARTS + WEEK_S)
DEFERRED = FIRST._replace(outcome=Outcome.DEFERRED, code=450)


def test_a_retest_begins_a_new_round() -> None:
    assert numbers(FIRST) == [[1]]
    assert numbers(FIRST, AGAIN) == [[1], [2]]
    assert numbers(FIRST, AGAIN, AGAIN._replace(number=3)) == [[1], [2], [3]]


def test_a_retry_after_a_deferral_and_another_exchanger_belong_to_the_round() -> None:
    assert numbers(DEFERRED, FIRST._replace(number=2)) == [[1, 2]]
    assert numbers(FIRST, FIRST._replace(mx="mx2.acme.example")) == [[1, 1]]
    late = DEFERRED._replace(number=2)
    assert numbers(FIRST, late, AGAIN._replace(number=3)) == [[1], [2, 3]]


def test_a_report_belongs_to_the_round_after_which_it_came() -> None:
    taken = attempt(at=STARTS)
    later = attempt(number=2, at=STARTS + WEEK_S)
    first, second = rounds(evidence_of(taken, later, returned=(REPORT,)))
    assert (first.bounced, second.bounced) == (True, False)
    last = REPORT._replace(at=STARTS + WEEK_S + 60)
    first, second = rounds(evidence_of(taken, later, returned=(last,)))
    assert (first.bounced, second.bounced) == (False, True)
    assert rounds(evidence_of(taken, returned=(REPORT,)))[0].bounced


def test_a_result_is_known_when_the_last_reply_came_or_when_a_report_did() -> None:
    taken = attempt(at=STARTS, duration_s=2.0)
    assert known_at(evidence_of(taken)) == STARTS + 2
    assert known_at(evidence_of(taken, returned=(REPORT,))) == STARTS + 60
    assert known_at(evidence_of(taken._replace(duration_s=90.0), returned=(REPORT,))) == STARTS + 90
