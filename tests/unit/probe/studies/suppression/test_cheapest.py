"""Which policies are the cheapest at some price, and from which price on."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.input_error import InputError
from probe.studies.suppression.cheapest import MessagePrices, choices, message_prices
from probe.studies.suppression.replay import MessageErrors, PolicyOutcome


def outcome(name: str, missed: int, dead: int) -> PolicyOutcome:
    """Return what a policy comes to."""
    return PolicyOutcome(name, "code", {"news": MessageErrors(100, missed, 100, dead, missed)})


def found(*outcomes: PolicyOutcome) -> list[tuple[list[str], float]]:
    """Return the names of the choices and their prices."""
    return [([each.policy for each in choice.outcomes], choice.above) for choice in choices(outcomes)]


def test_the_strict_the_middling_and_the_lenient_each_have_their_prices() -> None:
    # From 10 to 30 dead for 60 - 20 = 40 missed: half a message; from 30 to 90 for 20: three.
    assert found(outcome("never", 0, 90), outcome("first", 60, 10), outcome("second", 20, 30)) == [
        (["first"], 0.0),
        (["second"], 0.5),
        (["never"], 3.0),
    ]


def test_who_is_worse_in_one_and_no_better_in_the_other_is_no_choice() -> None:
    assert found(outcome("good", 5, 10), outcome("worse", 5, 11), outcome("also", 6, 10)) == [(["good"], 0.0)]


def test_who_is_beaten_at_every_price_by_one_of_two_others_is_no_choice() -> None:
    # At the price at which the two cost the same (1), both cost 50 and the middle one 60.
    assert found(outcome("strict", 50, 0), outcome("middle", 30, 30), outcome("never", 0, 50)) == [
        (["strict"], 0.0),
        (["never"], 1.0),
    ]


def test_who_comes_to_the_same_is_named_together() -> None:
    assert found(outcome("never", 0, 9), outcome("three", 0, 9)) == [(["never", "three"], 0.0)]


def test_prices_are_of_what_would_have_been_delivered_and_of_mail_to_the_gone() -> None:
    one = PolicyOutcome("one", "code", {"a": MessageErrors(10, 4, 5, 2, 3), "b": MessageErrors(10, 1, 5, 1, 1)})
    assert MessagePrices(living=10, dead=0.5).cost(one) == 41.5


policies = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12)


@given(policies, st.fractions(0, 50))
def test_at_any_price_no_policy_is_cheaper_than_the_choice_for_it(
    points: list[tuple[int, int]], price: Fraction
) -> None:
    outcomes = [outcome(str(n), *point) for n, point in enumerate(points)]
    choice = [each for each in choices(outcomes) if each.above <= price][-1].outcomes[0].total
    least = min(dead + price * missed for missed, dead in points)
    # Thresholds are floats, so beside one the neighbour may be taken, which there costs the same but for rounding.
    assert abs(choice.missed_dead + price * choice.lost_delivered - least) < 1e-9


def test_prices_of_messages_are_both_given() -> None:
    assert message_prices(["living=25", "dead=0.05"]) == MessagePrices(25.0, 0.05)
    with pytest.raises(InputError) as caught:
        message_prices(["living=5"])
    assert str(caught.value) == "--price living=5: gives no price for dead; write for example living=25,dead=0.05"


def test_a_price_of_mistakes_alone_is_not_a_price_of_messages() -> None:
    with pytest.raises(InputError) as caught:
        message_prices(["living=1,reputation=500"])
    assert str(caught.value) == "--price reputation=500: is not a price; write for example living=25,dead=0.05"
