"""Finds the lines of strings and tables in a TOML or JSON file, which their parsers do not report."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_TOKEN: Final = re.compile(
    r"""
    \"{3} (?: \\. | [^\\] )*? \"{3,5}     # strings, of four kinds
    | '{3} .*? '{3,5}
    | " (?: \\. | [^"\\\n] )* "
    | ' [^'\n]* '
    | \# [^\n]*                           # a comment
    | \[\[ [^]\n]* ]]                      # a header
    """,
    re.DOTALL | re.VERBOSE,
)


def strings(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the value of every string, in order."""
    for line, token in _tokens(text):
        if token[0] in "\"'":
            try:
                yield line, tomllib.loads(f"value = {token}")["value"]
            except tomllib.TOMLDecodeError:
                continue


def lines_of(text: str, wanted: list[str]) -> list[int]:
    """Return the line of each string, which must be in this order in the file; 0 for those not found."""
    waiting = strings(text)
    return [next((line for line, value in waiting if value == each), 0) for each in wanted]


def headers(text: str, name: str, count: int) -> list[int]:
    """Return the lines of the first ``count`` headers ``[[name]]``; all 0 if there are fewer."""
    found = _headers(text).get(name, [])
    return found[:count] if len(found) >= count else [0] * count


def header(text: str, name: str, number: int) -> int:
    """Return the line of a header ``[[name]]`` by its number, from 0; 0 if there are fewer."""
    found = _headers(text).get(name, [])
    return found[number] if number < len(found) else 0


@lru_cache(1)  # each mistake in a file asks for the place of a table
def _headers(text: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for line, token in _tokens(text):
        if token.startswith("[["):
            found.setdefault(token[2:-2].strip(), []).append(line)
    return found


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    line, place = 1, 0
    for found in _TOKEN.finditer(text):
        line += text.count("\n", place, found.start())
        place = found.start()
        yield line, found[0]
