"""Turns pydantic's ValidationError into the problems and remedies of InputErrors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from fake_gateways.strict import InvalidValueError
from probe.input_error import InputError, one_of

UNKNOWN_KEY: Final = "is not a known key"
_UNKNOWN_VALUE: Final = ("is {input}, which is not among the known values", "")
_WHOLE_NUMBER: Final = ("is {input}, which is not a whole number", "write for example 10, without quotes")
_NUMBER: Final = ("is {input}, which is not a number", "write for example 0.5, without quotes")
_TRUE_OR_FALSE: Final = ("is {input}, which is neither true nor false", "write true or false, without quotes")
_LIST: Final = ("is {input}, which is not a list", "put the entries in square brackets")
_TABLE: Final = ("is {input}, which is not a table", "write for example {{ key = 1 }}")
_EMPTY: Final = ("is empty", "give at least {min_length}")
_SENTENCES: Final = {
    "missing": ("is missing", "add it"),
    "union_tag_invalid": ("has a type that is none of the policies", ""),
    "union_tag_not_found": ("has no type", "name the policy with type"),
    "enum": _UNKNOWN_VALUE,
    "literal_error": _UNKNOWN_VALUE,
    "less_than_equal": ("is {input}, which is more than {le}", "write at most {le}"),
    "less_than": ("is {input}, which is not less than {lt}", "write less than {lt}"),
    "greater_than_equal": ("is {input}, which is less than {ge}", "write at least {ge}"),
    "greater_than": ("is {input}, which is not more than {gt}", "write more than {gt}"),
    "finite_number": ("is {input}, which is not a finite number", "write for example 0.5"),
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": _TRUE_OR_FALSE,
    "bool_parsing": _TRUE_OR_FALSE,
    "string_type": ("is {input}, which is not text", "put it in quotes"),
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "too_short": _EMPTY,
    "string_too_short": _EMPTY,
    "too_long": ("has {actual_length} entries, which is too many", "give at most {max_length}"),
    "string_too_long": ("is too long", "write at most {max_length} characters"),
}
_PERCENT: Final = 100
_MOST_SHOWN: Final = 60
"""Characters of a wrong value that are shown."""
_MOST_SAID: Final = 1000
"""Characters of a problem or a remedy. Some remedies list all possible keys."""


def first_mistake(error: ValidationError) -> ErrorDetails:
    """Return the mistake to report where only one can be."""
    return mistakes(error)[0]


def mistakes(error: ValidationError) -> list[ErrorDetails]:
    """Return the mistakes to report, unknown keys first.

    An unknown key is usually a misspelt one and explains the missing key beside it, so that is left out. A list whose
    entries are all wrong is not empty, although pydantic counts it so.
    """
    found = error.errors()
    above = {each["loc"][:length] for each in found for length in range(len(each["loc"]))}
    found = [each for each in found if each["type"] != "too_short" or each["loc"] not in above]
    unknown = [each for each in found if each["type"] == "extra_forbidden"]
    tables = {each["loc"][:-1] for each in unknown}
    others = [each for each in found if each["type"] != "extra_forbidden"]
    return unknown + [each for each in others if each["type"] != "missing" or each["loc"][:-1] not in tables]


def problem_and_remedy(mistake: ErrorDetails, model: type[BaseModel] | None = None) -> tuple[str, str]:
    """Return what is wrong and what to do, as two sentences for an InputError.

    The model's schema has the keys to choose from.
    """
    problem, remedy = _problem_and_remedy(mistake, model)
    return shortened(problem), shortened(remedy)


def shortened(text: str) -> str:
    """Return a text without its middle if it is long, as one that quotes a long value is."""
    return text if len(text) <= _MOST_SAID else f"{text[: _MOST_SAID // 2]}...{text[-_MOST_SAID // 2 :]}"


def _problem_and_remedy(mistake: ErrorDetails, model: type[BaseModel] | None) -> tuple[str, str]:
    context = {key: int(each) if each in (0.0, 1.0) else each for key, each in mistake.get("ctx", {}).items()}
    values: dict[str, Any] = {**context, "input": repr(mistake.get("input"))[:_MOST_SHOWN]}
    raised = values.get("error")
    kind = mistake["type"]
    if isinstance(raised, InvalidValueError):
        return raised.problem, raised.remedy
    if kind == "extra_forbidden":
        return _unknown_key(mistake, model)
    if kind == "string_pattern_mismatch":
        return f"is {values['input']}, which has another form than expected", _right_form(mistake, model)
    if kind not in _SENTENCES:
        message = mistake["msg"].removeprefix("Value error, ")
        return f"{message[:1].lower()}{message[1:]} (found {values['input']})", "correct the value"
    problem, remedy = (text.format_map(values) for text in _SENTENCES[kind])
    if not remedy:
        known = re.findall("'([^']*)'", expected) if "'" in (expected := _expected(values)) else [expected]
        return problem, one_of(str(values.get("tag", mistake.get("input"))), known)
    if values.get("le") == 1 and isinstance(given := mistake.get("input"), int | float) and given <= _PERCENT:
        remedy = f"write a share from 0 to 1, for {given:g} % write {given / _PERCENT:g}"
    return problem, remedy


def _expected(values: Mapping[str, Any]) -> str:
    return str(values.get("expected_tags", values.get("expected")))


def _right_form(mistake: ErrorDetails, model: type[BaseModel] | None) -> str:
    nodes = [] if model is None else _nodes_at(model, mistake["loc"])
    described = [f"write {node['description']}" for node in nodes if "description" in node]
    return described[0] if described else f"write it as {mistake['ctx']['pattern']}"


def _unknown_key(mistake: ErrorDetails, model: type[BaseModel] | None) -> tuple[str, str]:
    tables = [] if model is None else _nodes_at(model, mistake["loc"][:-1])
    known = list(dict.fromkeys(key for table in tables for key in table.get("properties", {})))
    remedy = one_of(str(mistake["loc"][-1]), known) if known else "correct its spelling or remove it"
    return UNKNOWN_KEY, remedy


def _nodes_at(model: type[BaseModel], loc: Iterable[int | str]) -> list[Mapping[str, Any]]:
    """Return what the model's JSON Schema says about a place: one node, or one for each alternative."""
    schema = _schema_of(model)
    nodes = list(_alternatives(schema, schema))
    for step in loc:
        below = [inner for node in nodes for inner in _below(node, step)]
        nodes = [each for node in below for each in _alternatives(node, schema)] or nodes
    return nodes


@cache
def _schema_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """Return a model's JSON Schema, which takes long to make and is asked for at every mistake of a file."""
    return model.model_json_schema()


def _alternatives(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Return a node of a schema, or the nodes that it refers to or is a union of."""
    if "$ref" in node:
        yield from _alternatives(schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
    elif "discriminator" in node:
        yield node
    elif "anyOf" in node or "oneOf" in node:
        for each in node.get("anyOf", node.get("oneOf", ())):
            yield from _alternatives(each, schema)
    else:
        yield node


def _below(node: Mapping[str, Any], step: int | str) -> Iterable[Mapping[str, Any]]:
    if isinstance(step, int):
        inner = node.get("items")
    elif "discriminator" in node:
        reference = node["discriminator"]["mapping"].get(step)
        inner = None if reference is None else {"$ref": reference}
    else:
        inner = node.get("properties", {}).get(step, node.get("additionalProperties"))
    if isinstance(inner, Mapping):
        yield inner


def input_error(error: ValidationError, path: object, model: type[BaseModel]) -> InputError:
    """Return every mistake of a file as one error, each at its dotted place."""
    places = [f"{path}: {_dotted(each['loc'])}".removesuffix(": ") for each in mistakes(error)]
    told = [problem_and_remedy(each, model) for each in mistakes(error)]
    found = [InputError(place, *way) for place, way in zip(places, told, strict=True)]
    return InputError(found[0].place, found[0].problem, found[0].remedy, found[1:])


def _dotted(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).removeprefix(".")
