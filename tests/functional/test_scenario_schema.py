"""``scenario schema`` prints a JSON Schema that accepts the shipped scenarios and refuses what the loader refuses."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fivefifty_command import PASSED, fivefifty
from json_schema import faults
from small_scenario import SCENARIO, bent

SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    finished = fivefifty("scenario", "schema")
    assert (finished.returncode, finished.stderr) == (PASSED, "")
    printed: dict[str, Any] = json.loads(finished.stdout)
    return printed


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "properties" in value and value.get("type") == "object":
            yield value
        for each in value.values():
            yield from _objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from _objects(each)


def test_every_object_of_the_schema_is_closed_so_that_editors_see_misspelt_keys(schema: dict[str, Any]) -> None:
    objects = list(_objects(schema))
    assert len(objects) > 10
    assert [each["title"] for each in objects if each.get("additionalProperties") is not False] == []


@pytest.mark.parametrize("scenario", SHIPPED, ids=lambda path: path.stem)
def test_the_schema_accepts_a_shipped_scenario(schema: dict[str, Any], scenario: Path) -> None:
    assert list(faults(tomllib.loads(scenario.read_text("utf-8")), schema, schema)) == []


@pytest.mark.parametrize(
    "text",
    [
        bent('rate = "10/1s"', 'raet = "10/1s"'),
        bent('title = "A small scenario"\n', ""),
        bent("schema = 1", "schema = 2"),
        bent('"600/1h"', '"600"'),
        bent('first = "5m"', "first = 300"),
        bent('"velocity"', '"velocty"'),
        bent("{ content =", "{ contents ="),
        bent('content = "user-unknown"', 'content = "unknown-user"'),
        bent("departed = 0.1", "departed = 1.1"),
        bent('ips = [{ address = "127.10.0.1" }]', "ips = []"),
        bent('name = "small"', 'name = "Small Talk"'),
    ],
    ids=[
        "misspelt key",
        "missing key",
        "other schema",
        "rate without unit",
        "duration without unit",
        "unknown policy",
        "unknown cause",
        "unknown claim",
        "share above 1",
        "no source address",
        "name with blanks",
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(schema: dict[str, Any], text: str) -> None:
    assert list(faults(tomllib.loads(SCENARIO), schema, schema)) == []
    assert list(faults(tomllib.loads(text), schema, schema))
