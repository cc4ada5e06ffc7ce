"""How a classifier is named on the command line and in a scenario: ``[NAME=]WHAT``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from fake_gateways.strict import NAME
from probe.input_error import InputError

RULE_KINDS: Final = ("rules", "kumomta", "zone-mta", "powermta", "momentum")
"""Whose rule files are read."""
KNOWN: Final = "known"
"""The kind of a baseline or an entry point, which stand without a colon."""
KINDS: Final = ("python", "program", "http", "https", *RULE_KINDS)

REPORTED: Final = "reported"
"""The name under which the word of another mail system is scored; a classifier cannot have it."""

_LONGEST_NAME: Final = 42
"""Characters that a name may have, in keeping with every other name of a scenario."""
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STRANGE: Final = re.compile(r"[^a-z0-9]+")
_FORMS: Final = "python:MODULE:NAME, program:COMMAND, http://127.0.0.1:PORT/, {}".format(
    ", ".join(f"{kind}:FILE" for kind in RULE_KINDS)
)


class ClassifierSpec(NamedTuple):
    """A classifier as it was asked for. ``what`` is all behind the kind's colon; of an address, the address itself.

    ``name`` is what its scores go by: good for a file and for a path into the scorecard.
    """

    text: str
    name: str
    kind: str
    what: str


def parse(wanted: Iterable[str], place: str) -> tuple[ClassifierSpec, ...]:
    """Read specifications; raises InputError for one that cannot be read, and for a name that two have."""
    specs: dict[str, ClassifierSpec] = {}
    for text in wanted:
        spec = _parse(text, place)
        if spec.name in specs:
            other = specs[spec.name].text
            problem = f"is called {spec.name}, and so is {other}"
            raise InputError(where(place, text), problem, "give one of them another name: NAME=WHAT")
        specs[spec.name] = spec
    return tuple(specs.values())


def where(place: str, text: str) -> str:
    """Return the place of a specification, for a complaint about it."""
    return f"{place} {text}"


def _parse(text: str, place: str) -> ClassifierSpec:
    here = where(place, text)
    if not text.isprintable() or not text.strip():
        raise InputError(here, "is empty or holds control characters", f"write for example code, or {_FORMS}")
    head, equals, rest = text.partition("=")
    # A command or an address may hold an equals sign as well, but its kind and a colon stand before that.
    named = bool(equals) and ":" not in head
    if named and re.fullmatch(NAME, head) is None:
        problem = f"gives the name {head!r}"
        raise InputError(here, problem, f"use up to {_LONGEST_NAME} lower-case letters, digits and hyphens")
    what = rest if named else text
    kind, colon, inner = what.partition(":")
    if not colon:
        return ClassifierSpec(text, head if named else _named_after(what, here), KNOWN, what)
    if kind not in KINDS:
        raise InputError(here, f"{kind!r} is no kind of classifier", f"write {_FORMS}")
    if kind in {"http", "https"}:
        inner = what
    if not inner.strip():
        raise InputError(here, f"names nothing behind {kind}:", f"write {_FORMS}")
    return ClassifierSpec(text, head if named else _named_after(_telling(kind, inner), here), kind, inner)


def _telling(kind: str, what: str) -> str:
    """Return the part of a classifier that tells it from others of its kind."""
    if kind == "python":
        return what.rpartition(":")[2]
    if kind in {"http", "https"}:
        return what.partition("://")[2]
    first = what.split(maxsplit=1)[0] if kind == "program" else what.partition(",")[0]
    base = first.rstrip("/").rpartition("/")[2]
    return base.rpartition(".")[0] or base


def _named_after(what: str, here: str) -> str:
    name = _STRANGE.sub("-", _HUMP.sub("-", what).lower())[:_LONGEST_NAME].strip("-")
    if not name:
        raise InputError(here, "has nothing to name it after", f"give it a name: mine={what}")
    return name
