"""The figures of an evaluation: errors, what remains after a further test, probabilities, and the summary."""

from __future__ import annotations

import json
from typing import Any

from book_rows import attempt, refused, truth
from circumstances import UNKNOWN, evidence_of

from fake_gateways.people.directory import MailboxState
from probe.classify.reading import Advice, Reading
from probe.judge.calibration import Bin, Calibration, Probabilities
from probe.judge.errors import ErrorCounts
from probe.judge.story import Key, Story
from probe.studies.evaluate.figures import (
    CONTEXT,
    RETESTED,
    Evaluated,
    EvaluationErrors,
    count_errors,
    probabilities,
    remaining_errors,
    summary,
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


def test_the_living_suppressed_and_the_gone_kept_are_errors_and_a_retest_keeps() -> None:
    code = {ANN: said(Advice.SUPPRESS), BOB: said(Advice.SUPPRESS)}
    found = count_errors(STORIES, {ANN: said(Advice.SUPPRESS), BOB: said(Advice.RETEST)}, code)
    assert (found.alive, found.wrongly_suppressed, found.gone, found.missed_dead) == (1, 1, 1, 1)
    assert found.missed_though_told == 1
    assert found.worse_than_code == 1


def test_a_gone_recipient_refused_for_another_cause_could_not_be_known() -> None:
    stories = {BOB: story(BOB, MailboxState.DEPARTED, cause="content")}
    found = count_errors(stories, {BOB: said(Advice.KEEP)}, {BOB: said(Advice.KEEP)})
    assert (found.missed_dead, found.missed_though_told, found.worse_than_code) == (1, 0, 0)


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
    one = probabilities(STORIES, given | {BOB: said(Advice.KEEP)}).calibration()
    assert one == Calibration(1, 0.0, [Bin(0.9, 1.0, 1, 1.0, 1.0)])


def test_scenarios_with_lies_and_without_are_added_up_separately() -> None:
    def one(name: str, *, lies: bool, suppressed: int) -> Evaluated:
        found = Evaluated(name, lies)
        for classifier in ("code", CONTEXT, RETESTED):
            wrong = suppressed if classifier == "code" else suppressed // 10
            found.errors[classifier] = EvaluationErrors(100, wrong, 10, 1)
        found.by_persona = {"cisco-esa": (suppressed, suppressed // 10)}
        for classifier in (CONTEXT, RETESTED):
            found.probabilities[classifier] = Probabilities()
            for number in range(100):
                found.probabilities[classifier].count(0.99, true=number < 98)
        return found

    figures: dict[str, Any] = summary(
        [one("a", lies=True, suppressed=20), one("b", lies=True, suppressed=30), one("c", lies=False, suppressed=0)]
    )
    json.dumps(figures)
    assert figures["with_lies"][CONTEXT]["fewer_than_code"] == 0.9
    assert figures["without_lies"]["code"]["suppressed"] == 0
    assert figures["held_out"]["cisco-esa"] == {"code": 50, "context": 5, "fewer": 0.9}
    assert figures["calibration"][CONTEXT]["brier"] == 0.0197
    assert figures["calibration"][CONTEXT]["bins"] == [{"cases": 300, "said": 0.99, "alive": 0.98}]
