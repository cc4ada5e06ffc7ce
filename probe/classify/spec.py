"""Reads the specification of a classifier, ``[NAME=]WHAT``, from the command line or a scenario."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from fake_gateways.strict import NAME
from probe.classify.rules.formats import PARSERS
from probe.input_error import InputError

RULE_KINDS: Final = tuple(PARSERS)
"""The formats of rule files."""
KNOWN: Final = "known"
"""The kind of a specification without a colon: a classifier of ours, or an entry point."""
KINDS: Final = ("python", "program", "http", "https", *RULE_KINDS)

REPORTED: Final = "reported"
"""The name of the scores of what another mail system reported; a classifier cannot have it."""

_LONGEST_NAME: Final = 42
"""The number of characters in a name, the same as for all other names in a scenario."""
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STRANGE: Final = re.compile(r"[^a-z0-9]+")
_FORMS: Final = "python:MODULE:NAME, program:COMMAND, http://127.0.0.1:PORT/, {}".format(
    ", ".join(f"{kind}:FILE" for kind in RULE_KINDS)
)


class ClassifierSpec(NamedTuple):
    """A requested classifier.

    Attributes:
        text: The specification as the user wrote it.
        name: The name of its scores, usable as a file name and in a path into the scorecard.
        kind: One of KINDS, or KNOWN.
        what: The text after the colon of the kind; for an HTTP endpoint, the whole URL.
    """

    text: str
    name: str
    kind: str
    what: str


def parse(wanted: Iterable[str], place: str) -> tuple[ClassifierSpec, ...]:
    """Read specifications; raises InputError for an invalid one, and for a name that occurs twice."""
    specs: dict[str, ClassifierSpec] = {}
    for text in wanted:
        spec = _parse(text, place)
        if spec.name in specs:
            other = specs[spec.name].text
            problem = f"has the name {spec.name}, like {other}"
            raise InputError(where(place, text), problem, "give one of them another name: NAME=WHAT")
        specs[spec.name] = spec
    return tuple(specs.values())


def where(place: str, text: str) -> str:
    """Return the place of a specification, for an error message."""
    return f"{place} {text}"


def _parse(text: str, place: str) -> ClassifierSpec:
    here = where(place, text)
    if not text.isprintable() or not text.strip():
        raise InputError(here, "is empty or contains control characters", f"write for example code, or {_FORMS}")
    head, equals, rest = text.partition("=")
    # A command or a URL may contain an equals sign as well, but only after its kind and a colon.
    named = bool(equals) and ":" not in head
    if named and re.fullmatch(NAME, head) is None:
        problem = f"has an invalid name {head!r}"
        raise InputError(here, problem, f"use up to {_LONGEST_NAME} lower-case letters, digits and hyphens")
    what = rest if named else text
    kind, colon, inner = what.partition(":")
    if not colon:
        return ClassifierSpec(text, head if named else _named_after(what, here), KNOWN, what)
    if kind not in KINDS:
        raise InputError(here, f"{kind!r} is not a kind of classifier", f"write {_FORMS}")
    if kind in {"http", "https"}:
        inner = what
    if not inner.strip():
        raise InputError(here, f"has nothing after {kind}:", f"write {_FORMS}")
    return ClassifierSpec(text, head if named else _named_after(_distinguishing_part(kind, inner), here), kind, inner)


def _distinguishing_part(kind: str, what: str) -> str:
    """Return the part of a specification from which the name is made."""
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
        raise InputError(here, "contains no letter or digit to make a name from", f"give it a name: mine={what}")
    return name
