"""Evaluation: what counts as an error, calibration, and the vendor that is held out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from book_rows import attempt, refused, truth
from circumstances import UNKNOWN, evidence_of

from fake_gateways.people.directory import MailboxState
from probe.classify.context.evidence import NAMES
from probe.classify.context.weights import shipped
from probe.classify.reading import Advice, Reading
from probe.judge.story import Key, Story
from probe.studies import evaluate as evaluating
from probe.studies.fit import held_out

ANN: Key = ("news", "ann@acme.example")
BOB: Key = ("news", "bob@acme.example")


def story(key: Key, state: MailboxState, *, cause: str | None) -> Story:
    """Return the story of a recipient who was refused for a cause, or taken."""
    row = attempt(recipient=key[1]) if cause is None else refused(recipient=key[1], **UNKNOWN)
    return Story(evidence_of(row), truth(recipient=key[1], cause=cause), state)


def said(advice: Advice, alive: float | None = None) -> Reading:
    """Return a reading."""
    return Reading(None, "", alive, advice)


TOLD = {
    ANN: story(ANN, MailboxState.PRESENT, cause="velocity"),
    BOB: story(BOB, MailboxState.DEPARTED, cause="user-unknown"),
}


def test_the_living_suppressed_and_the_gone_kept_are_errors_and_a_retest_keeps() -> None:
    code = {ANN: said(Advice.SUPPRESS), BOB: said(Advice.SUPPRESS)}
    found = evaluating.errors(TOLD, {ANN: said(Advice.SUPPRESS), BOB: said(Advice.RETEST)}, code)
    assert (found.living, found.suppressed, found.gone, found.missed) == (1, 1, 1, 1)
    assert found.missed_though_told == 1
    assert found.worse_than_code == 1


def test_who_was_refused_for_something_else_could_not_be_known() -> None:
    told = {BOB: story(BOB, MailboxState.DEPARTED, cause="content")}
    found = evaluating.errors(told, {BOB: said(Advice.KEEP)}, {BOB: said(Advice.KEEP)})
    assert (found.missed, found.missed_though_told, found.worse_than_code) == (1, 0, 0)


def test_what_is_left_is_told_by_the_cause_that_hid_it() -> None:
    said_of = {ANN: said(Advice.SUPPRESS), BOB: said(Advice.KEEP)}
    assert evaluating.left(TOLD, said_of) == {"user-unknown": (0, 1), "velocity": (1, 0)}
    unheard = {BOB: story(BOB, MailboxState.DEPARTED, cause=None)}
    assert evaluating.left(unheard, {BOB: said(Advice.KEEP)}) == {"none": (0, 1)}
    assert evaluating.left(unheard, {BOB: said(Advice.SUPPRESS)}) == {}


def test_probabilities_are_held_against_what_became_of_them() -> None:
    bins, (squared, cases) = evaluating.calibration(TOLD, {ANN: said(Advice.KEEP, 1.0), BOB: said(Advice.KEEP, 0.25)})
    assert bins[9] == [1, 1.0, 1]
    assert bins[2] == [1, 0.25, 0]
    assert (squared, cases) == (pytest.approx(0.0625), 2)


def test_figures_add_up_apart_for_scenarios_with_lies_and_without() -> None:
    def one(name: str, *, lies: bool, suppressed: int) -> evaluating.Evaluated:
        found = evaluating.Evaluated(name, lies)
        for classifier in ("code", evaluating.FIRST, evaluating.TESTED):
            wrong = suppressed if classifier == "code" else suppressed // 10
            found.errors[classifier] = evaluating.Errors(100, wrong, 10, 1)
        found.by_persona = {"cisco-esa": (suppressed, suppressed // 10)}
        for classifier in (evaluating.FIRST, evaluating.TESTED):
            found.bins[classifier] = [[0.0, 0.0, 0.0]] * 9 + [[100, 99.0, 98]]
            found.brier[classifier] = (2.0, 100)
        return found

    figures: dict[str, Any] = evaluating.summary(
        [one("a", lies=True, suppressed=20), one("b", lies=True, suppressed=30), one("c", lies=False, suppressed=0)]
    )
    json.dumps(figures)
    assert figures["with_lies"][evaluating.FIRST]["fewer_than_code"] == 0.9
    assert figures["without_lies"]["code"]["suppressed"] == 0
    assert figures["held_out"]["cisco-esa"] == {"code": 50, "context": 5, "fewer": 0.9}
    assert figures["calibration"][evaluating.FIRST]["bins"] == [{"cases": 300, "said": 0.99, "alive": 0.98}]


def test_weights_without_a_vendor_are_others_and_those_of_a_stranger_are_the_shipped() -> None:
    assert held_out.weights_without("of-nobody") == shipped()
    for persona in ("cisco-esa", "mimecast", "proofpoint", "hornetsecurity"):
        without = held_out.weights_without(persona)
        assert without.first != shipped().first
        assert len(without.first.weights) == len(NAMES)
        assert min(without.first.weights) >= 0.0
