"""What an evaluation counts of a scenario: errors, what remains after retests, probabilities, retests."""

from __future__ import annotations

import pytest
from book_rows import STARTS, attempt, refused, truth
from circumstances import UNKNOWN, WEEK_S, evidence_of

from fake_gateways.people.directory import MailboxState
from probe.classify.reading import Advice, Reading
from probe.judge.calibration import Bin, Calibration
from probe.judge.errors import ErrorCounts
from probe.judge.story import Key, Story
from probe.studies.evaluate.figures import (
    count_errors,
    count_retests,
    is_retested,
    probabilities,
    remaining_errors,
    retested,
)

ANN: Key = ("news", "ann@acme.example")
BOB: Key = ("news", "bob@acme.example")


def story(key: Key, state: MailboxState, *, cause: str | None) -> Story:
    """Return the story of a recipient that was refused for a cause, or delivered."""
    row = attempt(recipient=key[1]) if cause is None else refused(recipient=key[1], **UNKNOWN)
    return Story(evidence_of(row), truth(recipient=key[1], cause=cause), state)


def said(advice: Advice, alive: float | None = None) -> Reading:
    """Return a reading."""
    return Reading(None, "", alive, advice)


STORIES = {
    ANN: story(ANN, MailboxState.PRESENT, cause="velocity"),
    BOB: story(BOB, MailboxState.DEPARTED, cause="user-unknown"),
}


def test_the_name_says_which_books_a_classifier_read() -> None:
    assert retested("code") == "code, retested"
    assert (is_retested(retested("context")), is_retested("context"), is_retested("retested")) == (True, False, False)


def test_the_living_suppressed_and_the_gone_kept_are_errors_and_a_retest_keeps() -> None:
    assert count_errors(STORIES, {ANN: said(Advice.SUPPRESS), BOB: said(Advice.RETEST)}) == ErrorCounts(1, 1, 1, 1)
    assert count_errors(STORIES, {BOB: said(Advice.SUPPRESS)}) == ErrorCounts(1, 0, 1, 0)


def test_remaining_errors_are_counted_by_the_true_cause_of_the_last_refusal() -> None:
    said_of = {ANN: said(Advice.SUPPRESS), BOB: said(Advice.KEEP)}
    assert remaining_errors(STORIES, said_of) == {
        "user-unknown": ErrorCounts(gone=1, missed_dead=1),
        "velocity": ErrorCounts(alive=1, wrongly_suppressed=1),
    }
    unheard = {BOB: story(BOB, MailboxState.DEPARTED, cause=None)}
    assert remaining_errors(unheard, {BOB: said(Advice.KEEP)}) == {"none": ErrorCounts(gone=1, missed_dead=1)}
    assert remaining_errors(unheard, {BOB: said(Advice.SUPPRESS)}) == {}


def test_probabilities_come_with_the_truth_where_a_classifier_gives_any() -> None:
    given = {ANN: said(Advice.KEEP, 1.0), BOB: said(Advice.KEEP, 0.25)}
    assert probabilities(STORIES, given).calibration() == Calibration(
        2, 0.03125, [Bin(0.2, 0.3, 1, 0.25, 0.0), Bin(0.9, 1.0, 1, 1.0, 1.0)]
    )
    one = probabilities(STORIES, {ANN: given[ANN], BOB: said(Advice.KEEP)}).calibration()
    assert one == probabilities(STORIES, {ANN: given[ANN]}).calibration()
    assert one == Calibration(1, 0.0, [Bin(0.9, 1.0, 1, 1.0, 1.0)])


@pytest.mark.parametrize("cause", [None, "velocity"])
def test_probabilities_of_those_who_got_the_message_are_not_counted(cause: str | None) -> None:
    found = probabilities({ANN: story(ANN, MailboxState.PRESENT, cause=cause)}, {ANN: said(Advice.KEEP, 0.9)})
    assert (found.calibration() is None) is (cause is None)


def test_retests_are_counted_and_those_to_the_gone_again() -> None:
    first = refused(**UNKNOWN)
    twice = evidence_of(first, first._replace(number=2, at=STARTS + WEEK_S))
    stories = [Story(twice, None, MailboxState.PRESENT), Story(twice, None, MailboxState.DEPARTED), STORIES[BOB]]
    assert count_retests(stories) == (2, 1)
