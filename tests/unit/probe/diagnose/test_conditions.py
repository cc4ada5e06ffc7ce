"""How far an experiment goes."""

from __future__ import annotations

import pytest

from fake_gateways.smtp.envelope import Stage
from probe.diagnose.conditions import Conditions, Depth, Recipient, Source


@pytest.mark.parametrize("stage", [each for each in Stage if each is not Stage.REPORT])
def test_a_dialogue_goes_no_further_than_the_refused_one(stage: Stage) -> None:
    sends = stage in {Stage.DATA, Stage.END_OF_DATA}
    assert Depth.of(stage) is (Depth.CONTENT if sends else Depth.RCPT)


def test_recipients_are_counted_with_those_before_and_beside() -> None:
    assert Conditions().recipients == 1
    assert Conditions(transactions_before=9, recipients_beside=2).recipients == 12


def test_a_dialogue_at_another_time_is_unchanged() -> None:
    assert Conditions(wait_s=1200.0).is_unchanged
    assert not Conditions(tls=True).is_unchanged


def test_a_greylist_knows_the_same_message_again() -> None:
    assert Conditions(wait_s=1200.0, transactions_before=9).is_of_the_same_message
    assert not Conditions(source=Source.NEIGHBOUR).is_of_the_same_message
    assert not Conditions(recipient=Recipient.CONTROL).is_of_the_same_message
    assert not Conditions(other_domain=True).is_of_the_same_message
