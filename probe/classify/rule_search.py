"""Finds every expression that matches a text, in time that grows with the text alone, in memory that is bounded.

Most expressions go into one RE2 set, which reads a text once. Those that have something like ``.*`` in them and may
begin anywhere would together need an automaton of more states than there is memory for; they wait behind the letters
they cannot do without (RE2's filter), and are tried one by one where those are found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import re2

from probe.classify.expressions import is_wild, options

_SET_MEMORY: Final = 32 << 20
"""Octets for the automaton of a set."""
_IN_ONE: Final = 500
"""Expressions in one set or filter."""
_CANARY: Final = "\U0010ffff"
"""What nobody writes. A set or filter that has no memory for its automaton finds nothing and says nothing, not even
that it cannot find this."""

_Matcher = Callable[[bytes], Sequence[int] | None]
_Make = Callable[[re2.Options, list[str]], _Matcher]


class Search:
    """Expressions of RE2's, all compared in any case of letters or none."""

    def __init__(self, expressions: Sequence[str], *, any_case: bool) -> None:
        wild = {number for number, each in enumerate(expressions) if is_wild(each)}
        calm = [number for number in range(len(expressions)) if number not in wild]
        self._parts: list[tuple[_Matcher, list[int]]] = []
        for several, make in ((calm, _set), (sorted(wild), _filter)):
            for start in range(0, len(several), _IN_ONE):
                numbers = several[start : start + _IN_ONE]
                chosen = options(any_case=any_case)
                self._parts.append((_built(make, chosen, [expressions[each] for each in numbers]), numbers))

    def matches(self, text: str) -> list[int]:
        """Return the places of the expressions that match, in order."""
        octets = text.encode("utf-8", "replace")
        found: list[int] = []
        for match, numbers in self._parts:
            matching = match(octets)
            if matching:
                found += [numbers[each] for each in matching if each < len(numbers)]
        found.sort()
        return found


def _built(make: _Make, chosen: re2.Options, expressions: list[str]) -> _Matcher:
    """Return what finds those that match; one by one where they are too large to be looked for together."""
    try:
        match = make(chosen, [*expressions, rf"\A{_CANARY}\z"])
    except re2.error:
        return _one_by_one(chosen, expressions)
    found = match(_CANARY.encode()) or ()
    return match if len(expressions) in found else _one_by_one(chosen, expressions)


def _set(chosen: re2.Options, expressions: list[str]) -> _Matcher:
    chosen.max_mem = _SET_MEMORY
    found = re2.Set.SearchSet(chosen)
    for each in expressions:
        found.Add(each)
    found.Compile()
    match: _Matcher = found.Match
    return match


def _filter(chosen: re2.Options, expressions: list[str]) -> _Matcher:
    found = re2.Filter()
    for each in expressions:
        found.Add(each, chosen)
    found.Compile()
    match: _Matcher = found.Match
    return match


def _one_by_one(chosen: re2.Options, expressions: list[str]) -> _Matcher:
    compiled = [re2.compile(each, chosen) for each in expressions]
    return lambda octets: [number for number, each in enumerate(compiled) if each.search(octets) is not None]
