"""Two classifiers on the same recipients: counted pair by pair, and held against chance as statisticians do it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from book_rows import refused
from hypothesis import example, given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar as reference

from fake_gateways.people.directory import MailboxState
from probe.classify import Advice, Evidence
from probe.judge.compare import EXACT_UP_TO, Change, Comparison, McNemar, mcnemar
from probe.judge.story import JudgedRecipient, Key, Story

HEARD = "550 5.1.1 no such user"
STATES = {"ann": "present", "bob": "present", "cat": "full", "dan": "departed", "eve": "disabled", "fay": "departed"}


def stories() -> dict[Key, Story]:
    """Return six people, three of them gone."""
    return {
        ("news", f"{name}@acme.example"): Story(
            Evidence(f"{name}@acme.example", (refused(enhanced="5.1.1", text="no\nsuch  user"),)),
            None,
            MailboxState(state),
        )
        for name, state in STATES.items()
    }


def advice(suppressed: str) -> dict[Key, Advice]:
    """Return advice that suppresses those whose names are given."""
    return {
        ("news", f"{name}@acme.example"): Advice.SUPPRESS if name in suppressed.split() else Advice.KEEP
        for name in STATES
    }


def compare(first: Mapping[Key, Advice], second: Mapping[Key, Advice]) -> Comparison:
    """Compare two kinds of advice about the six."""
    found = Comparison()
    for key, story in stories().items():
        found.count(JudgedRecipient(key, story, {}), first[key], second[key])
    return found


@given(st.integers(0, 60), st.integers(0, 60))
def test_small_counts_are_tested_exactly_as_statsmodels_does(only_first: int, only_second: int) -> None:
    expected = reference([[9, only_first], [only_second, 9]], exact=True).pvalue
    assert mcnemar(only_first, only_second) == pytest.approx(expected, rel=1e-9)


@given(st.integers(0, 5000), st.integers(EXACT_UP_TO, 5000))
@example(1001, 1000)
def test_large_counts_are_tested_by_chi_square_as_statsmodels_does(only_first: int, only_second: int) -> None:
    expected = reference([[9, only_first], [only_second + 1, 9]], exact=False, correction=True).pvalue
    if only_first == only_second + 1:
        expected = 1.0  # statsmodels corrects a difference of nothing to one of minus one
    assert mcnemar(only_first, only_second + 1) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@given(st.integers(0, 400), st.integers(0, 400))
def test_it_does_not_matter_which_comes_first(one: int, other: int) -> None:
    assert mcnemar(one, other) == mcnemar(other, one)


def test_mistakes_about_the_living_and_the_gone_are_counted_apart() -> None:
    # The first suppresses bob wrongly and misses eve and fay; the second suppresses ann and bob, and misses fay.
    found = compare(advice("bob dan"), advice("ann bob dan eve"))
    assert (found.living.cases, found.living.both_wrong, found.living.only_first, found.living.only_second) == (
        3, 1, 0, 1,
    )  # fmt: skip
    assert (found.gone.cases, found.gone.both_wrong, found.gone.only_first, found.gone.only_second) == (3, 1, 1, 0)
    assert found.is_worse
    assert found.changes == [
        Change("news", "ann@acme.example", alive=True, first=Advice.KEEP, second=Advice.SUPPRESS, reply=HEARD),
        Change("news", "eve@acme.example", alive=False, first=Advice.KEEP, second=Advice.SUPPRESS, reply=HEARD),
    ]
    assert [(change.is_worse, change.is_better) for change in found.changes] == [(True, False), (False, True)]


def test_fewer_mistakes_are_not_worse_and_as_many_are_not_either() -> None:
    assert not compare(advice("ann bob"), advice("bob dan")).is_worse
    assert not compare(advice("ann"), advice("bob")).is_worse


@pytest.mark.parametrize(
    ("living", "gone", "worse"),
    [
        ((40, 5), (0, 1), False),  # a sure gain outweighs a loss that may be chance
        ((40, 5), (0, 20), True),  # but not a sure loss
        ((3, 2), (0, 1), True),  # and a gain that may be chance outweighs nothing
        ((5, 5), (1, 1), False),
    ],
)
def test_a_loss_by_chance_does_not_outweigh_a_sure_gain(
    living: tuple[int, int], gone: tuple[int, int], *, worse: bool
) -> None:
    found = Comparison(*(McNemar(0, 0, *each) for each in (living, gone)))
    assert found.is_worse is worse


def test_to_be_tested_again_counts_as_kept_but_is_a_change_of_mind() -> None:
    second = advice("dan eve fay") | {("news", "ann@acme.example"): Advice.RETEST}
    found = compare(advice("dan eve fay"), second)
    assert not found.is_worse
    assert [(change.first, change.second) for change in found.changes] == [(Advice.KEEP, Advice.RETEST)]
