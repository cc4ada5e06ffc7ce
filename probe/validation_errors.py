"""Turns pydantic's ValidationError into the problem and remedy of an InputError."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from fake_gateways.strict import InvalidValueError

_SENTENCES: Final = {
    "missing": ("is missing", "add it"),
    "extra_forbidden": ("is not a known key", "correct its spelling or remove it"),
    "union_tag_invalid": ("has a type that is none of the policies", "use one of: {expected_tags}"),
    "union_tag_not_found": ("has no type", "name the policy with type"),
    "enum": ("is {input!r}, which is not among the known values", "use one of: {expected}"),
    "literal_error": ("is {input!r}, which is not among the known values", "use one of: {expected}"),
}
_MOST_SHOWN: Final = 60
"""Characters of a wrong value that are shown."""


def first_mistake(error: ValidationError) -> ErrorDetails:
    """Return the mistake to report: an unknown key if there is one, else the first.

    An unknown key is usually a misspelt one, so it explains the missing key beside it.
    """
    mistakes = error.errors()
    return next((each for each in mistakes if each["type"] == "extra_forbidden"), mistakes[0])


def problem_and_remedy(mistake: ErrorDetails) -> tuple[str, str]:
    """Return what is wrong and what to do, as two sentences for an InputError."""
    values = {"input": mistake.get("input"), **mistake.get("ctx", {})}
    raised = values.get("error")
    if isinstance(raised, InvalidValueError):
        return raised.problem, raised.remedy
    if mistake["type"] in _SENTENCES:
        problem, remedy = (text.format_map(values) for text in _SENTENCES[mistake["type"]])
        return problem, remedy
    message = mistake["msg"].removeprefix("Value error, ")
    shown = repr(mistake.get("input"))[:_MOST_SHOWN]
    return f"{message[:1].lower()}{message[1:]} (found {shown})", "correct the value"
