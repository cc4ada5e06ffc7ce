"""The error for mistakes in the user's input, and the base of all errors that are no fault of fivefifty."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, Final

from fake_gateways.untrusted.toml_text import parse_toml

_SIMILAR: Final = 0.75
"""Below this, get_close_matches finds words that only share some letters."""


class ToldError(Exception):
    """An end of a command that is no fault of fivefifty, and that nothing in the books explains."""


class InputError(ToldError):
    """A mistake in the user's input, as one sentence: place, problem, remedy. Commands exit with code 2.

    ``others`` are further mistakes in the same file, each a sentence of its own.
    """

    def __init__(self, place: object, problem: str, remedy: str, others: Sequence[InputError] = ()) -> None:
        self.place = str(place)
        self.problem = problem
        self.remedy = remedy
        self.others = tuple(others)
        super().__init__("\n".join([f"{place}: {problem}; {remedy}", *map(str, others)]))

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str, tuple[InputError, ...]]]:
        """Make the error picklable, so that a worker process can raise it."""
        return InputError, (self.place, self.problem, self.remedy, self.others)


def raise_all(mistakes: Sequence[InputError]) -> None:
    """Raise the mistakes of one file as one error; do nothing if there are none."""
    if mistakes:
        first = mistakes[0]
        raise InputError(first.place, first.problem, first.remedy, (*first.others, *mistakes[1:]))


def one_of(word: str, known: Iterable[str]) -> str:
    """Return the remedy for a word that is not among the known ones: the most similar one, or else all of them."""
    words = list(known)
    swapped = [each for each in words if sorted(each.split("-")) == sorted(word.lower().split("-"))]
    similar = swapped or get_close_matches(word.lower(), words, n=1, cutoff=_SIMILAR)
    return f"did you mean {similar[0]}?" if similar else f"use one of: {', '.join(words)}"


def not_utf8(error: UnicodeDecodeError) -> str:
    """Return what is wrong with a file that is not UTF-8."""
    if error.object.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "is a UTF-16 file"
    line = error.object.count(b"\n", 0, error.start) + 1
    return f"is not a UTF-8 file (line {line} has the octet 0x{error.object[error.start]:02x})"


def valid_toml(text: str, place: object, remedy: str = "correct the line it names") -> dict[str, Any]:
    """Return the table of a TOML text; raises InputError about its place."""
    try:
        return parse_toml(text)
    except ValueError as error:
        raise InputError(place, f"is not valid TOML ({error})", remedy) from None
