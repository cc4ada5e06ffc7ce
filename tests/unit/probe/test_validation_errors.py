"""Mistakes that pydantic finds, as the problem and remedy of an InputError."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fake_gateways.strict import Strict
from fake_gateways.truth import Cause
from fake_gateways.units import Duration
from probe.validation_errors import first_mistake, problem_and_remedy


class Table(Strict):
    """A table with a key of each sort."""

    cause: Cause
    wait: Duration = 0.0
    count: int = 1


def told(**keys: Any) -> tuple[str, str]:
    """Return problem and remedy of the first mistake."""
    with pytest.raises(ValidationError) as raised:
        Table.model_validate(keys)
    return problem_and_remedy(first_mistake(raised.value))


def test_a_missing_key_is_named_as_missing() -> None:
    assert told() == ("is missing", "add it")


def test_an_unknown_key_is_reported_before_the_missing_one_it_may_stand_for() -> None:
    assert told(couse="content") == ("is not a known key", "correct its spelling or remove it")


def test_a_value_outside_an_enumeration_is_told_with_the_known_ones() -> None:
    problem, remedy = told(cause="weather")
    assert problem == "is 'weather', which is not among the known values"
    assert remedy.startswith("use one of: 'user-unknown', ")


def test_our_own_errors_keep_their_problem_and_remedy() -> None:
    problem, remedy = told(cause="content", wait="5 weeks; or so")
    assert "'5 weeks; or so'" in problem
    assert remedy.startswith("write for example ")


def test_any_other_mistake_shows_the_beginning_of_the_value() -> None:
    problem, remedy = told(cause="content", count="x" * 200)
    assert problem == f"input should be a valid integer, unable to parse string as an integer (found '{'x' * 59})"
    assert remedy == "correct the value"
