"""The words of letters, by language: one TOML file each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Final, Literal, get_args

from probe.diagnose.conditions import Conditions

Language = Literal["en", "de", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_HOURS_FROM_S: Final = 7200.0


@dataclass(frozen=True)
class LetterWords:
    """Sentences with names in braces. ``cause`` has a finding and a request for every cause with a letter.

    Those that end with ``_provider`` are for the sender's mail provider, the others for the recipient's IT team.
    """

    subject: str
    subject_provider: str
    greeting: str
    refused: str
    refused_provider: str
    said_unknown: str
    tried: str
    trial: str
    delivered_none: str
    delivered_one: str
    delivered_many: str
    disliked: str
    open: str
    open_mailbox: str
    closing: str
    labels: Mapping[str, str]
    failure: Mapping[str, str]
    part: Mapping[str, str]
    changed: Mapping[str, str]
    cause: Mapping[str, Mapping[str, str]]


@cache
def letter_words(language: Language) -> LetterWords:
    """Return the words of a language."""
    text = resources.files("probe.report").joinpath("letters", f"{language}.toml").read_text("utf-8")
    return LetterWords(**tomllib.loads(text))


def changes(conditions: Conditions) -> list[tuple[str, float]]:
    """Return what an experiment changes: keys of ``LetterWords.changed``, each with a number that belongs to it."""
    found: list[tuple[str, float]] = []
    usual = Conditions()
    for field in fields(conditions):
        value = getattr(conditions, field.name)
        if value == getattr(usual, field.name):
            continue
        if field.name == "wait_s":
            found.append(("hours", value / 3600) if value >= _HOURS_FROM_S else ("minutes", value / 60))
        elif isinstance(value, str):
            found.append((f"{field.name}-{value}", 0))
        elif isinstance(value, frozenset):
            found.append((field.name, len(value)))
        else:
            found.append((field.name, value))
    return found or [("nothing", 0)]
