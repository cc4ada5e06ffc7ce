"""Finds every expression that matches a text, in time that grows with the text alone, in memory that is bounded.

Most expressions go into one RE2 set, which reads a text once. Those that have something like ``.*`` in them and may
begin anywhere would together need an automaton of more states than there is memory for; they wait behind the letters
they cannot do without (RE2's filter), and are tried one by one where those are found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import re2

from probe.classify.rules.expressions import is_wild, options

_MEMORY: Final = 64 << 20
"""Octets for the automata of all sets together. An expression behind a filter has RE2's usual 8 MiB at the most."""
_IN_ONE: Final = 500
"""Expressions in one set or filter."""
_CANARY: Final = "\U0010ffff"
"""What nobody writes. A set or filter that has no memory for its automaton finds nothing and says nothing, not even
that it cannot find this."""

_Matcher = Callable[[bytes], Sequence[int] | None]


class Search:
    """Expressions of RE2's, all compared in any case of letters or none."""

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
        """Return the places of the expressions that match, in order."""
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
    """Return what finds those that match, None where they are too large to be looked for together."""
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
