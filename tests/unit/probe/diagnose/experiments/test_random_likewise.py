"""A random recipient is asked in the conditions in which the refused one was taken."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Recipient, Source
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.experiments.random_likewise import as_taken


def test_a_random_recipient_is_asked_as_the_refused_one_was_taken() -> None:
    assert as_taken([EXPERIMENTS["control"]]) is None
    likewise = as_taken([EXPERIMENTS["control"], EXPERIMENTS["other-network"]])
    assert likewise is not None
    assert likewise.conditions == Conditions(recipient=Recipient.RANDOM, source=Source.ELSEWHERE)
