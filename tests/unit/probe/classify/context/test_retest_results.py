"""What the retests of a campaign show about a recipient that was refused again."""

from __future__ import annotations

from math import exp
from typing import Any

import pytest
from circumstances import evidence_of, sent

from probe.classify.context.reader import probability
from probe.classify.context.refusal import Refusal, refusal_of
from probe.classify.context.retest_results import Retested, RetestResults


def refusal(number: int = 0, **columns: Any) -> Refusal:
    """Return the first refusal of a recipient."""
    (row,) = sent("x", start=number, **columns)
    return refusal_of(evidence_of(row), row)


def results(pattern: str, alive: float = 0.9, **columns: Any) -> RetestResults:
    """Return the results of retests: ``.`` was accepted, ``x`` refused."""
    found = RetestResults()
    for number, letter in enumerate(pattern):
        found.learn(refusal(number, **columns), float(number), alive, accepted=letter == ".")
    return found


def shares(found: RetestResults, at: float = 0.0, rounds: int = 0, **columns: Any) -> list[float]:
    """Return the figures of a recipient, those that are log odds as shares, the others as factors."""
    here, elsewhere, *others = found.figures(refusal(**columns), at, 0.9, rounds)
    return [probability(here), probability(elsewhere), *map(exp, others)]


def test_without_retests_the_figures_are_those_of_nobody_known() -> None:
    assert shares(RetestResults()) == pytest.approx([0.5, 0.5, 1.0, 1.0])


def test_a_filter_that_still_refuses_and_one_that_has_stopped_differ() -> None:
    still, stopped = shares(results("x" * 20), 5.0), shares(results("." * 18 + "xx"), 19.0)
    assert still[0] > 0.8
    assert stopped[0] < 0.4


def test_a_run_of_refused_retests_is_seen_among_the_others() -> None:
    found = results("." * 20 + "x" * 8 + "." * 20)
    assert shares(found, 24.0)[0] > 0.7
    assert shares(results("." * 20 + "x" + "." * 20), 20.0)[0] < 0.1


def test_a_tenant_is_read_by_its_own_retests_where_there_are_some() -> None:
    found = results("." * 10)
    for number in range(10):
        found.learn(refusal(number, domain="beta.example"), 50.0 + number, 0.9, accepted=False)
    assert shares(found, 55.0, domain="beta.example")[0] > 0.7
    assert shares(found)[0] < 0.3


def test_what_other_exchangers_refuse_again_is_counted_apart() -> None:
    fine, listed = (results(letter * 20, mx_address="127.1.0.9") for letter in ".x")
    assert shares(fine)[1] < 0.1
    assert shares(listed)[1] > 0.9


def test_a_company_that_refuses_round_after_round_is_gone_if_others_accept_again() -> None:
    def figures(elsewhere: str, rounds: int) -> list[float]:
        found = results(elsewhere, mx_address="127.1.0.9", domain="beta.example")
        found.learn(refusal(), 0.0, 0.9, accepted=False)
        return shares(found, 0.0, rounds)

    once, twice, often = (figures("." * 20, rounds) for rounds in (1, 2, 3))
    assert once[2] == once[3] == 1.0
    assert often[2] < twice[2] < 0.1
    assert often[3] < twice[3] < 0.4
    assert figures("x" * 20, 2)[2] > 0.8
    assert twice[0] == twice[1]


def test_sums_do_not_depend_on_the_order() -> None:
    one, other = Retested(), Retested()
    for alive in (0.1, 0.7, 1e-9):
        one.count(alive, accepted=False)
    for alive in (1e-9, 0.7, 0.1):
        other.count(alive, accepted=False)
    assert one == other
    assert one.without(other) == Retested()
