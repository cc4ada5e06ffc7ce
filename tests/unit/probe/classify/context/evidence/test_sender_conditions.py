"""Evidence from refusals that depend on the sender."""

from __future__ import annotations

from circumstances import campaign_of, case, sent

from probe.classify.context.evidence import (
    sender_conditions,
)


def test_an_address_refused_as_often_as_the_others_is_not_the_reason() -> None:
    told = campaign_of([*sent("x" * 20, local_address="127.10.0.2"), *sent("x" * 20, start=50)])
    assert sender_conditions.this_address_refused_more(case(told, 5)) == 0.0


def test_the_network_counts_if_there_are_several() -> None:
    inside = [*sent("x" * 8, local_address="127.10.7.1"), *sent("x" * 8, start=20, local_address="127.10.7.2")]
    told = campaign_of([*inside, *sent("." * 20, start=50, local_address="127.10.0.1")])
    assert sender_conditions.this_network_refused_more(case(told, 3)) > 2.0
    assert sender_conditions.this_network_refused_more(case(campaign_of(inside), 3)) == 0.0


def test_a_message_refused_while_another_is_accepted_is_the_reason() -> None:
    told = campaign_of([*sent("x" * 10, message="a.eml"), *sent("." * 10, start=50, message="b.eml")])
    assert sender_conditions.this_message_refused_more(case(told, 3)) > 2.0
    assert sender_conditions.this_message_refused_more(case(campaign_of(sent("x" * 10, message="a.eml")), 3)) == 0.0


def test_later_messages_of_a_connection_are_compared_with_first_ones() -> None:
    told = campaign_of([*sent("x" * 10, position=9), *sent("." * 10, start=50, position=1)])
    assert sender_conditions.later_in_the_connection(case(told, 3)) > 2.0
    first = campaign_of([*sent("." * 10, position=9), *sent("x" * 10, start=50, position=1)])
    assert sender_conditions.later_in_the_connection(case(first, 53)) == 0.0
