"""The outcome of a recipient: the sender's report compared with the truth."""

from __future__ import annotations

import pytest
from report_content import Person, gone, kept, lied, story

from probe.judge.outcome import LABELS, RecipientOutcome, outcome_of


@pytest.mark.parametrize(
    ("person", "reported", "outcome"),
    [
        (Person("ann"), False, RecipientOutcome.DELIVERED),
        (gone("ann"), True, RecipientOutcome.GONE),
        (lied("ann"), True, RecipientOutcome.LIED),
        (kept("ann"), False, RecipientOutcome.KEPT),
        (gone("ann"), False, RecipientOutcome.MISSED),
    ],
)
def test_a_recipient_has_the_outcome_of_its_report_and_its_mailbox(
    person: Person, *, reported: bool, outcome: RecipientOutcome
) -> None:
    assert outcome_of(story(person), reported=reported) is outcome


def test_every_outcome_has_a_label() -> None:
    assert set(LABELS) == set(RecipientOutcome)
