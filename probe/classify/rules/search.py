"""Finds all expressions that match a text. Time is linear in the text; memory is bounded.

Most expressions go into one RE2 set, which reads a text once. Expressions that contain something like ``.*`` and may
match anywhere would together need a too large automaton. They go into an RE2 filter, which first looks for the letters
that an expression requires, and tries only the expressions whose letters it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import re2

from probe.classify.rules.expressions import is_wild, options

_MEMORY: Final = 64 << 20
"""Octets for the automata of all sets together. An expression in a filter has at most RE2's usual 8 MiB."""
_IN_ONE: Final = 500
"""The number of expressions in one set or filter."""
_CANARY: Final = "\U0010ffff"
"""A character that no reply contains. A set or filter that runs out of memory finds nothing and reports no error, so
each gets an expression for this character, and must find it."""

_Matcher = Callable[[bytes], Sequence[int] | None]


class Search:
    """A search for RE2 expressions, either all case-sensitive or all not."""

    def __init__(self, expressions: Sequence[str], *, any_case: bool) -> None:
        wild = {number for number, each in enumerate(expressions) if is_wild(each)}
        calm = [number for number in range(len(expressions)) if number not in wild]
        self._none = len(expressions)
        self._parts: list[tuple[_Matcher, list[int]]] = []
        for_set = options(any_case=any_case)
        for_set.max_mem = _MEMORY // (1 + len(calm) // _IN_ONE)
        for several, build, chosen in ((calm, _set, for_set), (sorted(wild), _filter, options(any_case=any_case))):
            for start in range(0, len(several), _IN_ONE):
                numbers = several[start : start + _IN_ONE]
                written = [expressions[each] for each in numbers]
                match = _working(build, [*written, rf"\A{_CANARY}\z"], chosen)
                self._parts.append((match or _one_by_one(written, any_case=any_case), [*numbers, self._none]))

    def matches(self, text: str) -> list[int]:
        """Return the indexes of the expressions that match, in order."""
        octets = text.encode("utf-8", "replace")
        found: list[int] = []
        for match, numbers in self._parts:
            matching = match(octets)
            if matching:
                found += [numbers[each] for each in matching]
        found.sort()
        while found and found[-1] == self._none:
            found.pop()
        return found


def _working(
    build: Callable[[list[str], re2.Options], _Matcher], expressions: list[str], chosen: re2.Options
) -> _Matcher | None:
    """Return a matcher for all expressions together, None if they need too much memory."""
    try:
        match = build(expressions, chosen)
    except re2.error:
        return None
    return match if len(expressions) - 1 in (match(_CANARY.encode()) or ()) else None


def _set(expressions: list[str], chosen: re2.Options) -> _Matcher:
    found = re2.Set.SearchSet(chosen)
    for each in expressions:
        found.Add(each)
    found.Compile()
    match: _Matcher = found.Match
    return match


def _filter(expressions: list[str], chosen: re2.Options) -> _Matcher:
    found = re2.Filter()
    for each in expressions:
        found.Add(each, chosen)
    found.Compile()
    match: _Matcher = found.Match
    return match


def _one_by_one(expressions: list[str], *, any_case: bool) -> _Matcher:
    compiled = [re2.compile(each, options(any_case=any_case)) for each in expressions]
    return lambda octets: [number for number, each in enumerate(compiled) if each.search(octets) is not None]
