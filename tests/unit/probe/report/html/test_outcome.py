"""The outcome of a recipient: the sender's report compared with the truth."""

from __future__ import annotations

import pytest
from report_content import Person, content, gone, kept, lied

from probe.report.html.outcome import LABELS, RecipientOutcome, outcomes_of


@pytest.mark.parametrize(
    ("person", "outcome"),
    [
        (Person("ann"), RecipientOutcome.DELIVERED),
        (gone("ann"), RecipientOutcome.GONE),
        (lied("ann"), RecipientOutcome.LIED),
        (kept("ann"), RecipientOutcome.KEPT),
        (kept("ann")._replace(alive=False), RecipientOutcome.MISSED),
    ],
)
def test_a_recipient_has_the_outcome_of_its_report_and_its_mailbox(person: Person, outcome: RecipientOutcome) -> None:
    made = content([person])
    assert outcomes_of(made.stories, made.readings["code"]) == {person.key: outcome}


def test_a_reader_that_suppresses_no_recipient_reports_none() -> None:
    made = content([gone("ann"), lied("bob")])
    found = outcomes_of(made.stories, made.readings["always-keep"])
    assert list(found.values()) == [RecipientOutcome.MISSED, RecipientOutcome.KEPT]


def test_every_outcome_has_a_label() -> None:
    assert set(LABELS) == set(RecipientOutcome)
