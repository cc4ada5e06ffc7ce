"""The way of a failure from its cause over the code to the report."""

from __future__ import annotations

import pytest
from report_content import Person, gone, kept, lied, story

from fake_gateways.truth import Cause
from probe.judge.outcome import RecipientOutcome
from probe.judge.refusal_path import RefusalPath, path_of


@pytest.mark.parametrize(
    ("person", "outcome", "path"),
    [
        (lied("ann"), RecipientOutcome.LIED, ("velocity", "550 5.1.1", "hard bounce")),
        (gone("bob"), RecipientOutcome.GONE, ("user-unknown", "550 5.1.1", "hard bounce")),
        (gone("bob"), RecipientOutcome.MISSED, ("user-unknown", "550 5.1.1", "refused")),
        (kept("cy"), RecipientOutcome.KEPT, ("velocity", "451 4.7.1", "given up")),
        (Person("dee"), RecipientOutcome.LIED, ("none", "250", "hard bounce")),
    ],
)
def test_a_path_leads_from_the_cause_over_the_code_to_the_verdict(
    person: Person, outcome: RecipientOutcome, path: tuple[str, str, str]
) -> None:
    assert path_of(story(person), outcome) == RefusalPath(*path, outcome)


def test_a_status_without_end_is_cut() -> None:
    person = Person("eve", cause=Cause.POLICY, claimed=Cause.POLICY, enhanced="5." + "7" * 1000)
    assert len(path_of(story(person), RecipientOutcome.KEPT).code) < 80


def test_where_nobody_replied_the_path_says_why() -> None:
    made = story(kept("cy"))
    last = made.evidence.last._replace(code=None, enhanced=None, text="", failure="timed-out", outcome="failed")
    unheard = made._replace(evidence=type(made.evidence)(last.recipient, (last,)))
    assert path_of(unheard, RecipientOutcome.KEPT)[1:3] == ("no reply: timed-out", "given up")
