"""What --vary may say, and where its values go in a scenario."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.input_error import InputError
from probe.studies.sweep.grid import MOST_RUNS, Axis, parse, point_text, points, short_names, with_values

SCENARIO = tomllib.loads("""
seed = 7
[sender]
rate = "10/1s"
ips = [{ address = "127.10.0.1" }, { address = "127.10.0.2" }]
[[campaign]]
name = "march"
[[gateway]]
name = "northwind"
domains = ["northwind.example", "labs.example"]
  [[gateway.policy]]
  type = "content"
  [[gateway.policy]]
  type = "velocity"
  limit = "600/1h"
[[gateway]]
name = "plain"
claims = "reputation-is-unknown"
""")


def values(text: str) -> list[Any]:
    """Return the values of an axis."""
    (axis,) = parse([f"x={text}"])
    return [each.value for each in axis.values]


def texts(text: str) -> list[str]:
    """Return the values of an axis as text."""
    (axis,) = parse([f"x={text}"])
    return [each.text for each in axis.values]


def at(*varied: str) -> dict[str, Any]:
    """Return the scenario at the first point."""
    axes = parse(varied)
    return with_values(SCENARIO, axes, points(axes)[0])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1..4", [1, 2, 3, 4]),
        ("-1..1", [-1, 0, 1]),
        ("3..3", [3]),
        ("0:1:0.25", [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("0:1:0.3", [0.0, 0.3, 0.6, 0.9]),
        ("0:10:5", [0, 5, 10]),
        ("0.5", [0.5]),
        ("1,5,20..22", [1, 5, 20, 21, 22]),
        ("true,false", [True, False]),
        ("10/1s,25/1s", ["10/1s", "25/1s"]),
        ("10/1s:30/1s:10", ["10/1s", "20/1s", "30/1s"]),
        ("5m:15m:5m", ["5m", "10m", "15m"]),
        ("1 MB:3 MB:1 MB", ["1 MB", "2 MB", "3 MB"]),
        ("127.0.0.1:11333", ["127.0.0.1:11333"]),
        ("5m:1h:5m", ["5m:1h:5m"]),
        ("2026-03-02T08:00:00Z", ["2026-03-02T08:00:00Z"]),
        ('"09:00:30"', ["09:00:30"]),
        ('"1"', ["1"]),
        ("postfix, mimecast", ["postfix", "mimecast"]),
    ],
)
def test_values_are_read_as_they_are_written(text: str, found: list[Any]) -> None:
    assert values(text) == found
    assert [type(each) for each in values(text)] == [type(each) for each in found]


def test_steps_of_a_tenth_are_tenths_and_no_sums_of_rounded_ones() -> None:
    assert texts("0:1:0.1") == ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1.0"]
    assert values("0:1:0.1") == [n / 10 for n in range(11)]


@given(st.integers(-50, 50), st.integers(0, 40), st.integers(1, 9))
def test_a_range_begins_where_it_says_ends_by_where_it_says_and_steps_evenly(first: int, span: int, step: int) -> None:
    found = values(f"{first}:{first + span}:{step}")
    assert found[0] == first
    assert found == list(range(first, first + span + 1, step))


def test_the_grid_is_every_combination_and_the_last_axis_changes_fastest() -> None:
    axes = parse(["a=1,2", "seed=5..7"])
    assert [tuple(each.value for each in point) for point in points(axes)] == [
        (1, 5), (1, 6), (1, 7), (2, 5), (2, 6), (2, 7),
    ]  # fmt: skip
    assert point_text(axes, points(axes)[4]) == "a=2, seed=6"


def test_names_are_as_short_as_tells_them_apart() -> None:
    axes = [Axis(path, ()) for path in ("gateway.a.lies", "gateway.b.lies", "sender.rate", "rate", "x.seed")]
    assert short_names(axes) == ["a.lies", "b.lies", "sender.rate", "rate", "seed"]


def test_a_value_is_put_where_its_path_leads() -> None:
    found = at(
        "seed=8",
        "sender.rate=1/1m",
        "sender.ips[1].address=127.10.0.9",
        "gateway.northwind.lies=0.5",
        "gateway.northwind.policy.velocity.limit=5/1m",
        "gateway.1.persona=mimecast",
        "gateway.northwind.domains.0=acme.example",
        "campaign.march.at=2d",
    )
    assert found["seed"] == 8
    assert found["sender"]["rate"] == "1/1m"
    assert [ip["address"] for ip in found["sender"]["ips"]] == ["127.10.0.1", "127.10.0.9"]
    northwind, plain = found["gateway"]
    assert northwind["lies"] == 0.5
    assert northwind["policy"][1] == {"type": "velocity", "limit": "5/1m"}
    assert northwind["domains"] == ["acme.example", "labs.example"]
    assert plain["persona"] == "mimecast"
    assert found["campaign"] == [{"name": "march", "at": "2d"}]


def test_a_table_that_is_not_there_is_made_and_the_scenario_itself_stays() -> None:
    before = repr(SCENARIO)
    assert at("gateway.plain.mailboxes.departed=0.1")["gateway"][1]["mailboxes"] == {"departed": 0.1}
    assert at("sender.retry.first=5m")["sender"]["retry"] == {"first": "5m"}
    assert repr(SCENARIO) == before


@pytest.mark.parametrize(
    ("varied", "sentence"),
    [
        (["x"], "--vary x: names no values; write for example gateway.northwind.lies=0:1:0.1 or seed=1..20"),
        (["x="], "--vary x=: names no values; "),
        (["=1"], "--vary =1: '' is not a path in a scenario file; "),
        (["a..b=1"], "--vary a..b=1: 'a..b' is not a path in a scenario file; "),
        (["expect.recipients=1"], "--vary expect.recipients=1: varies a gate, and a sweep has no gates; "),
        (["x=1,1"], "--vary x=1,1: has a value twice; remove one of the two"),
        (["x=1:0:0.1"], "--vary x=1:0:0.1: goes from 1 to 0 by 0.1, which has no values; "),
        (["x=0:1:0"], "--vary x=0:1:0: goes from 0 to 1 by 0, which has no values; "),
        (["x=5..1"], "--vary x=5..1: goes from 5 to 1 by 1, which has no values; "),
        (
            ["x=1..99999999999"],
            "--vary x=1..99999999999: has 99,999,999,999 values, more than 10,000; take wider steps",
        ),
        (["x=0:1:0.000001"], "--vary x=0:1:0.000001: has 1,000,001 values, more than 10,000; take wider steps"),
        (["seed=1", "seed=2"], "--vary seed: is varied twice; give all its values at once, with commas"),
        (["a=1..200", "b=1..200"], "--vary: makes 40,000 runs, more than 10,000; take wider steps or fewer seeds"),
    ],
)
def test_what_cannot_be_varied_is_one_sentence(varied: list[str], sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        parse(varied)
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize(
    ("varied", "sentence"),
    [
        ("gateway.south.lies=1", "there is no south; use one of: northwind, plain; or a position, from 0"),
        ("gateway.2.lies=1", "there is no 2; use one of: northwind, plain; or a position, from 0"),
        (
            "gateway.northwind.policy.spf.share=1",
            "there is no spf; use one of: content, velocity; or a position, from 0",
        ),
        ("gateway.northwind.domains.7=x", "there is no 7; use a position, from 0"),
        (
            "sender.rate.most=1",
            "most would be below '10/1s', which is not a table; correct the path, or write a table",
        ),
        (
            "gateway.plain.claims.content=virus",
            "content would be below 'reputation-is-unknown', which is not a table",
        ),
        ("gateway.plain.claims.content.deep=virus", "content would be below 'reputation-is-unknown', "),
    ],
)
def test_a_path_that_leads_nowhere_is_told_with_what_there_is(varied: str, sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        at(varied)
    assert str(raised.value).startswith(f"--vary {varied.partition('=')[0]}: {sentence}")


def test_as_many_runs_as_are_allowed_are_allowed() -> None:
    assert len(points(parse([f"x=1..{MOST_RUNS // 10}", "y=1..10"]))) == MOST_RUNS
