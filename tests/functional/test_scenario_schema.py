"""``scenario schema`` prints a JSON Schema that accepts the shipped scenarios and refuses what the loader refuses."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fivefifty_command import PASSED, fivefifty
from small_scenario import SCENARIO, bent

SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))
TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str | datetime),  # TOML has moments, JSON writes them as strings
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
SAYS_NOTHING = {"$defs", "title", "description", "default", "examples", "format", "discriminator", "required"}


def faults(value: Any, schema: Any, root: dict[str, Any], place: str = "") -> Iterator[str]:
    """Yield where a value breaks a schema, by the keywords of draft 2020-12 that ours uses; others raise KeyError."""
    if schema is True:
        return
    if schema is False:
        yield f"{place}: nothing may stand here"
        return
    for keyword, bound in schema.items():
        if keyword not in SAYS_NOTHING:
            yield from (f"{place}: {fault}" for fault in KEYWORDS[keyword](value, bound, schema, root))
    if isinstance(value, dict):
        yield from (f"{place}: {key} is missing" for key in schema.get("required", ()) if key not in value)


def _ref(value: Any, bound: str, _: Any, root: dict[str, Any]) -> Iterator[str]:
    assert bound.startswith("#/$defs/")
    return faults(value, root["$defs"][bound.removeprefix("#/$defs/")], root)


def _properties(value: Any, bound: dict[str, Any], schema: dict[str, Any], root: dict[str, Any]) -> Iterator[str]:
    for key, each in value.items() if isinstance(value, dict) else ():
        if key in bound:
            yield from faults(each, bound[key], root, f".{key}")
        else:
            yield from faults(each, schema.get("additionalProperties", True), root, f".{key}")


def _names(value: Any, bound: Any, _: Any, root: dict[str, Any]) -> Iterator[str]:
    for key in value if isinstance(value, dict) else ():
        yield from faults(key, bound, root, f".{key}")


def _additional(value: Any, _: Any, schema: dict[str, Any], root: dict[str, Any]) -> Iterator[str]:
    return iter(()) if "properties" in schema else _properties(value, {}, schema, root)


def _items(value: Any, bound: Any, _: Any, root: dict[str, Any]) -> Iterator[str]:
    for number, each in enumerate(value if isinstance(value, list) else ()):
        yield from faults(each, bound, root, f"[{number}]")


def _one_of(value: Any, bound: list[Any], _: Any, root: dict[str, Any]) -> Iterator[str]:
    tried = [list(faults(value, each, root)) for each in bound]
    if [] not in tried:
        yield f"fits none of {len(bound)}: {tried}"


def _that(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Any, Any], Iterator[str]]:
    def check(value: Any, bound: Any, _: Any, root: Any) -> Iterator[str]:
        if not holds(value, bound):
            yield f"{value!r} against {bound!r}"

    return check


def _number(value: Any) -> bool:
    return isinstance(value, int | float)


KEYWORDS: dict[str, Callable[[Any, Any, Any, Any], Iterator[str]]] = {
    "$ref": _ref,
    "properties": _properties,
    "propertyNames": _names,
    "additionalProperties": _additional,
    "items": _items,
    "anyOf": _one_of,
    "oneOf": _one_of,
    "type": _that(lambda value, bound: TYPES[bound](value)),
    "const": _that(lambda value, bound: value == bound),
    "enum": _that(lambda value, bound: value in bound),
    "pattern": _that(lambda value, bound: not isinstance(value, str) or re.search(bound, value) is not None),
    "minimum": _that(lambda value, bound: not _number(value) or value >= bound),
    "maximum": _that(lambda value, bound: not _number(value) or value <= bound),
    "exclusiveMinimum": _that(lambda value, bound: not _number(value) or value > bound),
    "minLength": _that(lambda value, bound: not isinstance(value, str) or len(value) >= bound),
    "maxLength": _that(lambda value, bound: not isinstance(value, str) or len(value) <= bound),
    "minItems": _that(lambda value, bound: not isinstance(value, list) or len(value) >= bound),
    "maxItems": _that(lambda value, bound: not isinstance(value, list) or len(value) <= bound),
}


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
