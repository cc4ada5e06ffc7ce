"""Readings: their advice, what needs no reading, and recipients in error messages."""

from __future__ import annotations

import pytest
from book_rows import attempt, refused

from fake_gateways.truth import Cause, Remedy
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice, Reading, first_few, on_one_line, without_refusal, without_reply
from probe.records.attempt import Attempt

ANN = "ann@acme.example"


@pytest.mark.parametrize(
    ("reading", "advice"),
    [
        (Reading(None), Advice.KEEP),
        (Reading(Cause.USER_UNKNOWN), Advice.SUPPRESS),
        (Reading(Cause.MAILBOX_FULL), Advice.KEEP),
        (Reading(Cause.USER_UNKNOWN, wish=Advice.RETEST), Advice.RETEST),
        (Reading(Cause.CONTENT, wish=Advice.SUPPRESS), Advice.SUPPRESS),
    ],
)
def test_the_advice_follows_from_the_cause_unless_the_classifier_gives_one(reading: Reading, advice: Advice) -> None:
    assert reading.advice is advice
    assert reading.suppress is (advice is Advice.SUPPRESS)


@pytest.mark.parametrize(
    ("row", "reading"),
    [
        (attempt(), Reading(None, "delivered")),
        (attempt(outcome="failed", code=None, failure="no-route"), Reading(Cause.BAD_DOMAIN, "no reply: no-route")),
        (attempt(outcome="failed", code=None, failure="timed-out"), Reading(Cause.NETWORK, "no reply: timed-out")),
        (refused(code=550), None),
        (refused(code=451), None),
    ],
)
def test_a_recipient_without_a_reply_needs_no_reading(row: Attempt, reading: Reading | None) -> None:
    assert without_reply(Evidence(ANN, (row,))) == reading


def test_a_temporary_reply_is_not_a_refusal() -> None:
    assert without_refusal(Evidence(ANN, (refused(code=451),))) == Reading(Cause.SYSTEM, "451 is temporary")
    assert without_refusal(Evidence(ANN, (refused(code=550),))) is None
    assert without_refusal(Evidence(ANN, (attempt(),))) == Reading(None, "delivered")


def test_an_error_names_the_first_recipients_and_counts_the_others() -> None:
    names = [f"p{number}" for number in range(1_234)]
    assert first_few(names[:5]) == "p0, p1, p2, p3, p4"
    assert first_few(names) == "p0, p1, p2, p3, p4 and 1,229 more"


def test_a_foreign_error_becomes_one_short_line() -> None:
    assert on_one_line(ValueError("a\n\tb")) == "a b"
    assert len(on_one_line("x" * 1_000)) == 300


@pytest.mark.parametrize("cause", list(Cause))
def test_only_causes_whose_remedy_is_suppression_suppress(cause: Cause) -> None:
    assert Reading(cause).suppress == (cause.remedy is Remedy.SUPPRESS)
