"""What is observed of companies: whom they accept, and in how many rounds nobody."""

from __future__ import annotations

import random

import pytest
from book_rows import STARTS, attempt, refused
from circumstances import DAY_S, REPORT, UNKNOWN, WEEK_S, address, evidence_of

from probe.classify.context.companies import NO_COMPANY, Companies, Company
from probe.classify.evidence import Evidence, Opened

ACME = "acme.example"


def no(number: int, days: float = 0.0, round_number: int = 1) -> Evidence:
    """Return the evidence of a recipient that was refused."""
    row = {"recipient": address(number), "at": STARTS + days * DAY_S, "number": round_number}
    return evidence_of(refused(**row, **UNKNOWN))


def yes(number: int, days: float = 0.0) -> Evidence:
    """Return the evidence of a recipient that was accepted."""
    return evidence_of(attempt(recipient=address(number), at=STARTS + days * DAY_S))


def observed(*people: Evidence) -> Company:
    """Return what is observed of their company."""
    found = Companies()
    for each in people:
        found.observe(each)
    return found.of(ACME)


def test_recipients_are_counted_by_their_first_round() -> None:
    retested = evidence_of(*no(0).attempts, *no(0, 7, 2).attempts)
    assert observed(yes(1), no(2), retested) == Company(accepted=1, refused=2, rounds=0, rounds_with_tests=1)
    assert observed() == NO_COMPANY


def test_rounds_without_an_acceptance_are_counted_over_campaigns_and_retests() -> None:
    past = (no(0, -60), no(0, -30))
    person = evidence_of(*no(0).attempts, *no(0, 7, 2).attempts, before=past)
    assert observed(person) == Company(accepted=0, refused=1, rounds=3, rounds_with_tests=4)
    assert observed(person, yes(1)).rounds == 0


def test_an_acceptance_a_read_message_or_an_accepted_retest_ends_the_count() -> None:
    past = (no(0, -60), yes(0, -30))
    assert observed(evidence_of(*no(0).attempts, before=past)).rounds == 1
    opened = (Opened(STARTS - 29 * DAY_S, "opened", "<1@x>"),)
    assert observed(evidence_of(*no(0).attempts, before=(no(0, -60), no(0, -30)), opened=opened)).rounds == 1
    accepted = evidence_of(*no(0).attempts, attempt(recipient=address(0), at=STARTS + WEEK_S, number=2))
    found = observed(accepted, no(1))
    assert (found.rounds, found.rounds_with_tests) == (1, 0)


def test_refusals_within_hours_are_one_round() -> None:
    assert observed(no(0), no(1, 0.2), no(2, 0.4)).rounds == 1
    assert observed(no(0), no(1, 1.0)).rounds == 2


def test_refusals_that_blame_the_sender_do_not_count_and_reports_do() -> None:
    listed = refused(recipient=address(0), text="you are on a block list", enhanced="5.7.1")
    assert observed(evidence_of(listed)) == Company()
    taken = attempt(recipient=address(0))
    report = REPORT._replace(recipient=address(0))
    assert observed(evidence_of(taken, returned=(report,))).refused == 1
    expired = report._replace(status="4.4.7", text="QUEUE.Expired; message expired")
    assert observed(evidence_of(taken, returned=(expired,))) == Company(accepted=1)


@pytest.mark.parametrize("at", [float("inf"), float("nan"), 0.0])
def test_missing_times_do_no_harm(at: float) -> None:
    people = [evidence_of(row._replace(at=at)) for each in (no(0), yes(1)) for row in each.attempts]
    found = observed(*people)
    assert (found.accepted, found.refused) == (1, 1)


def test_parts_add_up_in_any_order() -> None:
    people = [no(0), yes(1), no(2, -3), evidence_of(*no(3).attempts, *no(3, 7, 2).attempts, before=(yes(3, -9),))]
    parts = []
    for each in people:
        parts.append(Companies())
        parts[-1].observe(each)
    random.Random(3).shuffle(parts)
    together = Companies()
    for part in parts:
        together.add(part)
    assert together.of(ACME) == observed(*people)


def test_few_rounds_are_kept_of_a_company_that_refuses_for_ever() -> None:
    past = tuple(no(0, -days) for days in range(400, 0, -2))
    found = observed(evidence_of(*no(0).attempts, before=past))
    assert 16 <= found.rounds <= 64
