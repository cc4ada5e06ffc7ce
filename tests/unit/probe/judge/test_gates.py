"""Gates: bounds on the figures of a scorecard."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tallied import tallied

from fake_gateways.truth import Cause
from probe.input_error import InputError
from probe.judge.gates import Bound, Gate, bounds, classifiers_in, figure_text, from_text, judge

FIGURES: dict[str, Any] = {
    "scenario": "small",
    "recipients": 12,
    "rate": 0.25,
    "truth": {"disguised": 2, "by_cause": {"content": {"refused": 3, "disguised": 2}}},
    "classifiers": {"code": {"wrongly_suppressed": 5, "recall_interval": (0.5, 0.9)}},
}
NO_NUMBER = "cannot have a bound; bound a figure that is a number, by numbers"


def only(expect: dict[str, Any]) -> Gate:
    """Read ``[expect]``, which has one bound, and hold the figures against it."""
    (bound,) = bounds(expect, FIGURES, "s.toml: expect")
    return judge(bound, FIGURES)


@pytest.mark.parametrize(
    ("bound", "passed", "words"),
    [
        ({"max": 12}, True, "<= 12"),
        ({"max": 11}, False, "<= 11"),
        ({"min": 12}, True, ">= 12"),
        ({"min": 13}, False, ">= 13"),
        ({"min": 11, "max": 13}, True, ">= 11 and <= 13"),
        ({"min": 13, "max": 14}, False, ">= 13 and <= 14"),
        ({"min": 10, "max": 11}, False, ">= 10 and <= 11"),
        ({"equals": 12}, True, "= 12"),
        ({"equals": 11}, False, "= 11"),
        ({"equals": 13}, False, "= 13"),
        ({"max": 12.5}, True, "<= 12.5"),
        ({"min": 1}, True, ">= 1"),
        ({"max": 1.0}, False, "<= 1"),
    ],
)
def test_a_figure_is_held_against_its_bound(bound: dict[str, float], passed: bool, words: str) -> None:  # noqa: FBT001 - a column of the table
    assert only({"recipients": bound}) == Gate("recipients", passed, 12, words)


@pytest.mark.parametrize(
    ("expect", "name", "value"),
    [
        ({"rate": {"min": 0.2, "max": 0.3}}, "rate", 0.25),
        ({"truth": {"disguised": {"equals": 2}}}, "truth.disguised", 2),
        ({"truth": {"by_cause": {"content": {"refused": {"max": 3}}}}}, "truth.by_cause.content.refused", 3),
        ({"classifiers": {"code": {"wrongly_suppressed": {"max": 9}}}}, "classifiers.code.wrongly_suppressed", 5),
    ],
)
def test_tables_lead_to_a_figure_as_in_scorecard_json(expect: dict[str, Any], name: str, value: float) -> None:
    gate = only(expect)
    assert (gate.name, gate.value, gate.passed) == (name, value, True)


def test_several_bounds_come_in_the_order_they_are_written() -> None:
    expect = {
        "truth": {"disguised": {"max": 9}, "by_cause": {"content": {"refused": {"max": 9}}}},
        "recipients": {"min": 2},
    }
    found = bounds(expect, FIGURES, "s.toml: expect")
    assert [bound.name for bound in found] == ["truth.disguised", "truth.by_cause.content.refused", "recipients"]


def test_no_expectation_is_no_gate() -> None:
    assert bounds({}, FIGURES, "s.toml: expect") == []


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        (
            {"bounces": {"max": 9}},
            "bounces: is not a figure of the scorecard; use one of: scenario, recipients, rate, truth, classifiers",
        ),
        (
            {"classifiers": {"cod": {"wrongly_suppressed": {"max": 9}}}},
            "classifiers.cod: is not a figure of the scorecard; did you mean code?",
        ),
        (
            {"recipients": {"at_most": 9}},
            "recipients.at_most: is not a figure of the scorecard; bound the figure above it",
        ),
        (
            {"recipients": 12},
            "recipients: is 12, which is not a bound; write for example { max = 10 }",
        ),
        (
            {"recipients": {"max": True}},
            "recipients: cannot have a bound; bound a figure that is a number, by numbers",
        ),
        ({"recipients": {}}, "recipients: has no bound; write for example { max = 10 }"),
        ({"recipients": {"min": 3, "max": 2}}, "recipients: has a min above its max; correct one of them"),
        (
            {"recipients": {"max": float("nan")}},
            "recipients: cannot have a bound; bound a figure that is a number, by numbers",
        ),
        (
            {"recipients": {"min": 2, "equals": 3}},
            "recipients: has equals and another bound; give equals alone, or min and max",
        ),
        (
            {"truth": 12},
            "truth: is 12, which is not a bound; write for example { max = 10 }",
        ),
        (
            {"recipients": {"max": "12"}},
            f"recipients: {NO_NUMBER}",
        ),
        (
            {"recipients": {"max": True}},
            f"recipients: {NO_NUMBER}",
        ),
        (
            {"recipients": {"min": 2, "max": [9]}},
            f"recipients: {NO_NUMBER}",
        ),
        (
            {"scenario": {"equals": 9}},
            f"scenario: {NO_NUMBER}",
        ),
        (
            {"truth": {"max": 9}},
            f"truth: {NO_NUMBER}",
        ),
        (
            {"classifiers": {"code": {"recall_interval": {"min": 0.5}}}},
            f"classifiers.code.recall_interval: {NO_NUMBER}",
        ),
    ],
)
def test_an_expectation_that_cannot_be_read_is_told_with_its_place(expect: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        bounds(expect, FIGURES, "s.toml: expect")
    assert str(caught.value) == f"s.toml: expect.{sentence}"


def test_a_bound_is_named_after_the_way_to_its_figure() -> None:
    assert Bound(("truth", "disguised"), most=9).name == "truth.disguised"


def test_every_cause_and_gateway_of_an_empty_scorecard_can_be_bound() -> None:
    card = tallied({}, {"code": {}}, ["acme"])
    expect = {
        "truth": {"by_cause": {cause.value: {"disguised": {"max": 9}} for cause in Cause}},
        "gateways": {"acme": {"hard_bounces": {"max": 9}}},
        "classifiers": {"code": {"wrongly_suppressed_rate": {"max": 0.5}}},
    }
    figures = dataclasses.asdict(card)
    found = bounds(expect, figures, "s.toml: expect")
    assert len(found) == len(Cause) + 2
    assert all(judge(bound, figures).passed for bound in found)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("hard_bounce_rate", 0.1121, "11.21%"),
        ("classifiers.code.wrongly_suppressed_rate", 0.0776183, "7.762%"),
        ("classifiers.code.precision", 1, "100%"),
        ("classifiers.precision.wrongly_suppressed", 747, "747"),
        ("classifiers.context.brier", 0.089, "0.089"),
    ],
)
def test_a_share_is_written_in_per_cent(name: str, value: float, text: str) -> None:
    assert figure_text(name, value) == text


def test_a_bound_may_be_given_in_per_cent() -> None:
    assert (
        from_text("hard_bounce_rate <= 2 %")
        == from_text("hard_bounce_rate<=0.02")
        == {"hard_bounce_rate": {"max": 0.02}}
    )


@pytest.mark.parametrize(
    ("expect", "names"),
    [
        ({"classifiers": {"code": {"missed_dead": {"max": 1}}, "mine": {}}}, ["code", "mine"]),
        ({"recipients": {"min": 1}}, []),
        ({"classifiers": 3}, []),
    ],
)
def test_the_classifiers_that_gates_are_about_are_named(expect: dict[str, Any], names: list[str]) -> None:
    assert classifiers_in(expect) == names


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (0.02, 0.02, "= 2%"),
        (0.0, 0.0, "= 0%"),
        (0.01, None, ">= 1%"),
        (None, 0.03, "<= 3%"),
        (0.01, 0.03, ">= 1% and <= 3%"),
    ],
)
def test_a_bound_of_a_share_is_written_in_per_cent(least: float | None, most: float | None, words: str) -> None:
    assert str(Bound(("hard_bounce_rate",), least, most)) == words


def test_bounds_may_meet_but_equals_stands_alone() -> None:
    (bound,) = bounds({"delivered": {"min": 3, "max": 3}}, {"delivered": 0}, "here")
    assert (bound.least, bound.most) == (3, 3)
    with pytest.raises(InputError, match="has equals and another bound"):
        bounds({"delivered": {"min": 3, "max": 3, "equals": 3}}, {"delivered": 0}, "here")


def test_a_line_becomes_the_tables_that_its_name_leads_through() -> None:
    assert from_text("classifiers.code.missed_dead <= 3") == {"classifiers": {"code": {"missed_dead": {"max": 3}}}}


def test_a_line_that_is_no_bound_is_told_with_an_example() -> None:
    with pytest.raises(InputError) as raised:
        from_text("delivered < 3")
    assert str(raised.value) == (
        "--gate delivered < 3: is not a bound; write for example 'classifiers.code.wrongly_suppressed <= 3'"
    )


@pytest.mark.parametrize(
    ("line", "bound"),
    [
        ("delivered <= 3", {"max": 3.0}),
        ("delivered >= 3", {"min": 3.0}),
        ("delivered = 3", {"equals": 3.0}),
        (" delivered==-3 ", {"equals": -3.0}),
        ("delivered <= 2.5 %", {"max": 0.025}),
        ("delivered <= 1e-3", {"max": 0.001}),
        ("delivered <= 1e3%", {"max": 10.0}),
    ],
)
def test_a_line_has_one_of_three_signs_and_a_number(line: str, bound: dict[str, float]) -> None:
    assert from_text(line) == {"delivered": bound}


@pytest.mark.parametrize("line", ["", "delivered", "<= 3", "delivered <= x", "delivered <= 3 3", "delivered => 3"])
def test_anything_else_is_no_bound(line: str) -> None:
    with pytest.raises(InputError, match="is not a bound"):
        from_text(line)


@pytest.mark.parametrize("name", ["precision", "recall", "a.recall", "hard_bounce_rate"])
def test_shares_are_known_by_the_end_of_their_names(name: str) -> None:
    assert figure_text(name, 0.123456) == "12.35%"
    assert figure_text(f"{name}s", 0.123456) == "0.123456"
