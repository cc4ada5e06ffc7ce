"""Mistakes that pydantic finds, as the problem and remedy of an InputError."""

from __future__ import annotations

from typing import Any, Self

import pytest
from pydantic import Field, ValidationError, model_validator

from fake_gateways.strict import InvalidValueError, Name, Strict
from fake_gateways.truth import Cause
from fake_gateways.units import Duration, Share
from probe.validation_errors import first_mistake, input_error, mistakes, problem_and_remedy


class Inner(Strict):
    """A table within a table."""

    on: bool = True
    off: bool = False


class Table(Strict):
    """A table with a key of each sort."""

    cause: Cause
    wait: Duration = 0.0
    count: int = 1
    share: Share = 0.0
    names: tuple[Name, ...] = Field(default=("a",), min_length=1)
    inner: Inner = Inner()


def told(**keys: Any) -> tuple[str, str]:
    """Return problem and remedy of the first mistake."""
    with pytest.raises(ValidationError) as raised:
        Table.model_validate(keys)
    return problem_and_remedy(first_mistake(raised.value), Table)


def test_a_missing_key_is_named_as_missing() -> None:
    assert told() == ("is missing", "add it")


def test_an_unknown_key_is_reported_before_the_missing_one_it_may_stand_for() -> None:
    assert told(couse="content") == ("is not a known key", "did you mean cause?")


def test_a_value_outside_an_enumeration_is_told_with_the_known_ones() -> None:
    problem, remedy = told(cause="weather")
    assert problem == "is 'weather', which is not among the known values"
    assert remedy.startswith("use one of: user-unknown, ")


def test_our_own_errors_keep_their_problem_and_remedy() -> None:
    problem, remedy = told(cause="content", wait="5 weeks; or so")
    assert "'5 weeks; or so'" in problem
    assert remedy.startswith("write for example ")


def test_a_mistake_shows_the_beginning_of_the_value() -> None:
    problem, remedy = told(cause="content", count="x" * 200)
    assert problem == f"is '{'x' * 59}, which is not a whole number"
    assert remedy == "write for example 10, without quotes"


@pytest.mark.parametrize(
    ("keys", "problem", "remedy"),
    [
        ({"share": 10}, "is 10, which is more than 1", "write a share from 0 to 1, for 10 % write 0.1"),
        ({"share": -1}, "is -1, which is less than 0", "write at least 0"),
        ({"share": "x"}, "is 'x', which is not a number", "write for example 0.5, without quotes"),
        ({"names": []}, "is empty", "give at least 1"),
        ({"names": "a"}, "is 'a', which is not a list", "put the entries in square brackets"),
        ({"names": ["A b"]}, "is 'A b', which has another form than expected", None),
        ({"inner": 3}, "is 3, which is not a table", "write for example { key = 1 }"),
        ({"inner": {"on": "maybe"}}, "is 'maybe', which is neither true nor false", None),
        ({"inner": {"of": True}}, "is not a known key", "did you mean off?"),
        ({"zzz": 1}, "is not a known key", "use one of: cause, wait, count, share, names, inner"),
    ],
)
def test_every_kind_of_mistake_has_a_sentence(keys: dict[str, Any], problem: str, remedy: str | None) -> None:
    found = told(cause="content", **keys)
    assert found[0] == problem
    assert remedy in (None, found[1])


def test_a_name_of_another_form_is_told_with_the_form() -> None:
    assert told(cause="content", names=["A b"])[1] == "write lower-case letters, digits and hyphens"


def test_no_list_counts_as_empty_because_its_entries_are_wrong() -> None:
    with pytest.raises(ValidationError) as raised:
        Table.model_validate({"cause": "content", "names": ["A b", "C d"]})
    assert [each["loc"] for each in mistakes(raised.value)] == [("names", 0), ("names", 1)]


def test_the_schema_is_made_once_however_many_mistakes_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """To make a scenario's takes 30 ms, so that a file of a thousand unknown keys took half a minute."""

    class Other(Strict):
        """A model whose schema no other test has asked for."""

        count: int = 1

    made: list[bool] = []
    make = Other.model_json_schema
    monkeypatch.setattr(Other, "model_json_schema", lambda: made.append(True) or make())
    with pytest.raises(ValidationError) as raised:
        Other.model_validate({f"count{number}": 1 for number in range(9)})
    told_all = {problem_and_remedy(each, Other) for each in mistakes(raised.value)}
    assert told_all == {("is not a known key", "did you mean count?")}
    assert len(made) == 1


def test_every_mistake_of_a_file_is_one_error_with_a_place_for_each() -> None:
    class Whole(Strict):
        """A table that is wrong as a whole."""

        tables: tuple[Inner, ...] = ()

        @model_validator(mode="after")
        def _is_wrong(self) -> Self:
            raise InvalidValueError("is wrong", "mend it")

    with pytest.raises(ValidationError) as raised:
        Whole.model_validate({"tables": [{"on": "q", "off": "z"}]})
    first = input_error(raised.value, "a.toml", Whole)
    assert [str(each) for each in first.others] == [
        "a.toml: tables[0].off: is 'z', which is neither true nor false; write true or false, without quotes"
    ]
    with pytest.raises(ValidationError) as raised:
        Whole.model_validate({})
    assert str(input_error(raised.value, "a.toml", Whole)) == "a.toml: is wrong; mend it"
