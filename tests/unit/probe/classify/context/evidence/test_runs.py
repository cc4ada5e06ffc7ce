"""Evidence from runs of refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from book_rows import STARTS
from circumstances import campaign_of, case, sent

from probe.classify.context.case import RefusalCase
from probe.classify.context.evidence import (
    runs,
    sender_conditions,
)


@pytest.mark.parametrize("weigh", [runs.refused_nearby, runs.refused_adjacent])
def test_a_refusal_among_refusals_is_evidence_of_life_and_one_among_deliveries_is_not(
    weigh: Callable[[RefusalCase], float],
) -> None:
    told = campaign_of(sent("." * 20 + "x" * 20 + "." * 20 + "x" + "." * 20))
    assert weigh(case(told, 30)) > 1.0
    assert weigh(case(told, 60)) < 0.0


def test_run_length_counts_the_other_refusals_up_to_eight() -> None:
    told = campaign_of(sent("..xxx.x" + "x" * 20))
    assert [runs.run_length(case(told, number)) for number in (3, 6)] == [2.0, 8.0]
    assert runs.run_length(case(campaign_of(sent(".x.")), 1)) == 0.0


def test_a_run_that_another_source_address_does_not_have_is_evidence_of_life() -> None:
    listed = sent("." * 10 + "x" * 10, local_address="127.10.0.2")
    others = sent("." * 20, start=100, local_address="127.10.0.1")
    meanwhile = [row._replace(at=STARTS + place * 10 + 5) for place, row in enumerate(others)]
    told = campaign_of([*listed, *meanwhile])
    assert runs.other_addresses_during_run(case(told, 15)) > 2.0
    assert sender_conditions.this_address_refused_more(case(told, 15)) > 1.0
    assert runs.other_addresses_during_run(case(campaign_of(listed), 15)) == 0.0


def test_a_block_is_recognised_by_its_known_duration() -> None:
    five_minutes = campaign_of(sent("." * 5 + "x" * 30 + "." * 5))
    ten_seconds = campaign_of(sent("." * 5 + "x" * 30 + "." * 5, every_s=0.3))
    assert runs.as_long_as_a_known_block(case(five_minutes, 10)) == 1.0
    assert runs.as_long_as_a_known_block(case(ten_seconds, 10)) == 0.0
    assert runs.as_long_as_a_known_block(case(campaign_of(sent("." * 5 + "x" * 30)), 10)) == 0.0


def test_refusals_at_the_same_minutes_of_each_hour_are_recognised() -> None:
    hourly = campaign_of(sent(("." * 30 + "x" * 6) * 6, every_s=100.0))
    steady = campaign_of(sent(("." * 8 + "x") * 24, every_s=100.0))
    assert runs.same_minute_each_hour(case(hourly, 33)) > 2.0
    assert runs.same_minute_each_hour(case(steady, 80)) <= 0.0
