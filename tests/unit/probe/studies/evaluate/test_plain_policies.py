"""Policies that count hard bounces, retests among them."""

from __future__ import annotations

from book_rows import STARTS, attempt, refused, returned
from circumstances import DAY_S, UNKNOWN, WEEK_S, evidence_of

from fake_gateways.people.directory import MailboxState
from probe.classify.evidence import Evidence
from probe.judge.errors import ErrorCounts
from probe.judge.story import Story
from probe.studies.evaluate.plain_policies import PLAIN, past_messages, policy_errors

HARD = refused(**UNKNOWN)
HARD_AGAIN = HARD._replace(number=2, at=STARTS + WEEK_S)
TAKEN_AGAIN = attempt(number=2, at=STARTS + WEEK_S + 60)


def suppressing(evidence: Evidence) -> set[str]:
    """Return the policies that suppress a recipient."""
    found = policy_errors([Story(evidence, None, MailboxState.PRESENT)])
    assert all(each.alive == 1 and each.gone == 0 for each in found.values())
    return {name for name, each in found.items() if each.wrongly_suppressed}


def test_each_retest_is_a_message_by_itself() -> None:
    past = past_messages(evidence_of(HARD, TAKEN_AGAIN))
    assert [each.hard for each in past] == [True, False]
    assert [each.at for each in past] == [row.at + row.duration_s for row in (HARD, TAKEN_AGAIN)]
    assert suppressing(evidence_of(HARD)) == {"first-hard", "grey-7-days"}
    assert suppressing(evidence_of(HARD, TAKEN_AGAIN)) == {"first-hard"}
    assert suppressing(evidence_of(HARD, HARD_AGAIN)) == {"first-hard", "second-hard", "grey-7-days"}
    assert suppressing(evidence_of(attempt())) == set()


def test_earlier_campaigns_count() -> None:
    earlier = evidence_of(HARD._replace(campaign="may", at=STARTS - 30 * DAY_S))
    assert suppressing(evidence_of(HARD, before=(earlier,))) == {"first-hard", "second-hard", "grey-7-days"}
    assert suppressing(evidence_of(HARD, HARD_AGAIN, before=(earlier,))) == set(PLAIN)
    assert suppressing(evidence_of(attempt(), before=(earlier,))) == {"first-hard"}


def test_a_report_is_a_hard_bounce_and_the_gone_that_are_kept_are_missed() -> None:
    assert "first-hard" in suppressing(evidence_of(attempt(), returned=(returned(at=STARTS + 60),)))
    gone = [Story(evidence_of(row), None, MailboxState.DEPARTED) for row in (attempt(), HARD)]
    assert policy_errors(gone)["first-hard"] == ErrorCounts(gone=2, missed_dead=1)
    assert policy_errors(gone)["second-hard"] == ErrorCounts(gone=2, missed_dead=2)
