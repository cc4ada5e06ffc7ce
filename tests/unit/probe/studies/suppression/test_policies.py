"""When each suppression policy gives an address up, and when it takes it back: every rule by its own words."""

from __future__ import annotations

import pytest
from book_rows import STARTS

from fake_gateways.truth import Cause
from probe.classify.reading import Advice, Reading
from probe.studies.suppression.policies import (
    DAY_S,
    FIRST,
    GATED,
    NEVER,
    POLICIES,
    PastMessage,
    classifier_gated,
    first_hard,
    grey_7_days,
    never,
    second_hard,
    three_hard,
    three_in_a_row,
    usual,
)

HARD = Reading(Cause.USER_UNKNOWN)
SOFT = Reading(Cause.SYSTEM)
DELIVERED = Reading(None)


def past(words: str, days: float = 10) -> tuple[PastMessage, ...]:
    """Return past messages, ``days`` apart: ``h`` for a hard bounce, ``s`` for a soft one, ``d`` for delivered."""
    readings = {"h": HARD, "s": SOFT, "d": DELIVERED}
    return tuple(
        PastMessage(f"campaign-{n}", STARTS + n * days * DAY_S, word != "d", readings[word])
        for n, word in enumerate(words)
    )


NOW = STARTS + 365 * DAY_S


@pytest.mark.parametrize(
    ("words", "suppressing"),
    [
        ("", ""),
        ("d", ""),
        ("s", ""),
        ("h", "first"),
        ("hh", "first second"),
        ("hdh", "first second"),
        ("hhh", "first second third row"),
        ("hdhdh", "first second third"),
        ("sss", "row"),
        ("shs", "first row"),
        ("ssdss", ""),
        ("ssdsss", "row"),
    ],
)
def test_policies_that_count_bounces_count_as_they_say(words: str, suppressing: str) -> None:
    policies = {"first": first_hard, "second": second_hard, "third": three_hard, "row": three_in_a_row, "never": never}
    assert [name for name, policy in policies.items() if policy(past(words), NOW)] == suppressing.split()


@pytest.mark.parametrize(("days", "count"), [(6.9, 0), (7.0, 0), (7.1, 1)])
def test_three_in_a_row_must_lie_more_than_14_days_apart(days: float, count: int) -> None:
    assert three_in_a_row(past("hhh", days), NOW) is bool(count)


def test_a_fourth_bounce_in_a_row_may_bring_the_14_days_that_three_did_not() -> None:
    assert not three_in_a_row(past("hhh", 5), NOW)
    assert three_in_a_row(past("hhhh", 5), NOW)


def test_the_grey_list_holds_for_7_days_and_releases() -> None:
    bounced_once = past("h")
    assert grey_7_days(bounced_once, STARTS + 1)
    assert grey_7_days(bounced_once, STARTS + 7 * DAY_S - 1)
    assert not grey_7_days(bounced_once, STARTS + 7 * DAY_S)


def test_a_bounce_after_the_grey_list_suppresses_for_good() -> None:
    assert grey_7_days(past("hh"), NOW)
    assert grey_7_days(past("hdh"), NOW)
    assert not grey_7_days(past("hsd"), NOW)


def test_the_classifier_suppresses_without_a_bounce_and_keeps_what_it_would_test_again() -> None:
    silent = PastMessage("news", STARTS, bounced=False, reading=Reading(None, wish=Advice.SUPPRESS))
    unsure = PastMessage("news", STARTS, bounced=True, reading=Reading(Cause.USER_UNKNOWN, wish=Advice.RETEST))
    assert classifier_gated((silent,), NOW)
    assert not first_hard((silent,), NOW)
    assert not classifier_gated((unsure,), NOW)
    assert not first_hard((unsure,), NOW)


def test_the_naive_reader_goes_by_the_first_bounce_and_every_other_gates_by_its_word() -> None:
    assert set(POLICIES) - set(usual("code")) == {GATED}
    assert set(POLICIES) - set(usual("text")) == {FIRST}
    assert NEVER in usual("code")
    assert all(policy.__doc__ for policy in POLICIES.values())
