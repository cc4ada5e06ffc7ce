"""Where a value breaks a JSON Schema, by the keywords of draft 2020-12 that ours use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str | datetime),  # TOML has moments, JSON writes them as strings
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
SAYS_NOTHING = {
    "$schema",
    "$defs",
    "title",
    "description",
    "default",
    "examples",
    "format",
    "discriminator",
    "required",
}


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
