"""Which policies are the cheapest at some price, which a plain rule beats, and the prices of messages."""

from __future__ import annotations

import pytest

from probe.input_error import InputError
from probe.studies.suppression.cheapest import MessagePrices, beaten_by_plain, choices, message_prices
from probe.studies.suppression.replay import MessageErrors, PolicyOutcome


def outcome(name: str, missed: int, dead: int, reader: str = "code", retests: int = 0) -> PolicyOutcome:
    """Return what a policy comes to."""
    return PolicyOutcome(name, reader, {"news": MessageErrors(100, missed, 100, dead, missed, retests)})


def test_a_choice_is_by_messages_that_would_have_arrived_and_by_those_to_the_gone() -> None:
    late = PolicyOutcome("late", "code", {"a": MessageErrors(10, 4, 5, 2, 3), "b": MessageErrors(10, 1, 5, 1, 1)})
    found = choices([outcome("never", 0, 9), late])
    assert [([each.policy for each in winner.ways], winner.above) for winner in found] == [
        (["late"], 0.0),
        (["never"], 1.5),
    ]


def beaten(*outcomes: PolicyOutcome) -> dict[str, list[str]]:
    """Return the readers of the policies that plain rules beat."""
    found = beaten_by_plain(outcomes)
    return {rule.policy: [f"{each.policy} by {each.classifier}" for each in others] for rule, others in found}


def test_a_plain_rule_beats_a_cleverer_one_that_is_better_in_nothing() -> None:
    clever = outcome("classifier-gated", 20, 40, "mine")
    assert beaten(outcome("second-hard", 10, 30), clever) == {"second-hard": ["classifier-gated by mine"]}
    assert beaten(outcome("second-hard", 20, 30), clever) == {"second-hard": ["classifier-gated by mine"]}
    assert beaten(outcome("second-hard", 20, 40), clever) == {}
    assert beaten(outcome("second-hard", 10, 41), clever) == {}


def test_a_plain_rule_that_takes_more_retests_beats_nobody() -> None:
    clever = outcome("classifier-gated", 20, 40, "mine", retests=3)
    assert beaten(outcome("second-hard", 10, 30, retests=4), clever) == {}
    assert beaten(outcome("second-hard", 10, 30, retests=3), clever) == {"second-hard": ["classifier-gated by mine"]}


def test_of_several_plain_rules_the_one_that_loses_the_fewest_is_named_and_never_is_plain() -> None:
    clever = outcome("classifier-gated", 20, 40, "mine")
    assert beaten(outcome("first-hard", 20, 10), outcome("second-hard", 5, 30), clever) == {
        "second-hard": ["classifier-gated by mine"]
    }
    assert beaten(outcome("never", 0, 40, "mine"), clever) == {"never": ["classifier-gated by mine"]}


def test_plain_rules_are_not_said_to_beat_each_other() -> None:
    assert beaten(outcome("first-hard", 20, 10), outcome("second-hard", 5, 5)) == {}


def test_prices_are_of_what_would_have_been_delivered_and_of_mail_to_the_gone() -> None:
    one = PolicyOutcome("one", "code", {"a": MessageErrors(10, 4, 5, 2, 3), "b": MessageErrors(10, 1, 5, 1, 1)})
    assert MessagePrices(living=10, dead=0.5).cost(one) == 41.5


def test_prices_of_messages_are_both_given() -> None:
    assert message_prices(["living=25", "dead=0.05"]) == MessagePrices(25.0, 0.05)
    with pytest.raises(InputError) as caught:
        message_prices(["living=5"])
    assert str(caught.value) == "--price living=5: gives no price for dead; write for example living=25,dead=0.05"


def test_a_price_of_mistakes_alone_is_not_a_price_of_messages() -> None:
    with pytest.raises(InputError) as caught:
        message_prices(["living=1,reputation=500"])
    assert str(caught.value) == "--price reputation=500: is not a price; write for example living=25,dead=0.05"
