"""The outcome of a recipient: the sender's report compared with the truth."""

from __future__ import annotations

import pytest

from probe.judge.outcome import LABELS, RecipientOutcome, outcome_of


@pytest.mark.parametrize(
    ("alive", "bounced", "reported", "outcome"),
    [
        (True, False, False, RecipientOutcome.DELIVERED),
        (False, False, False, RecipientOutcome.DELIVERED),
        (False, True, True, RecipientOutcome.GONE),
        (True, True, True, RecipientOutcome.LIED),
        (True, False, True, RecipientOutcome.LIED),
        (True, True, False, RecipientOutcome.KEPT),
        (False, True, False, RecipientOutcome.MISSED),
    ],
)
def test_a_recipient_has_the_outcome_of_its_report_and_its_mailbox(
    *, alive: bool, bounced: bool, reported: bool, outcome: RecipientOutcome
) -> None:
    assert outcome_of(alive=alive, bounced=bounced, reported=reported) is outcome


def test_every_outcome_has_a_label() -> None:
    assert set(LABELS) == set(RecipientOutcome)
