"""What every part of the simulation is: a stream of named cases, and a function that tries one of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, count
from pathlib import Path
from typing import Final, NamedTuple, Protocol

_NUMBERED: Final = re.compile(r"[A-Za-z0-9._/-]+/[0-9]{1,18}", re.ASCII)
_MOST_OTHERS: Final = 100_000


class CaseError(ValueError):
    """A part cannot read the name of a case. The message is half a sentence that says what it reads."""


class Failure(NamedTuple):
    """Something that should not have happened: ``case`` repeats it, and ``what`` says in a sentence what it was.

    ``case`` is empty if it happened between cases.

    ``detail`` is a traceback, or the place of a file that shows it.
    """

    part: str
    case: str
    what: str
    detail: str = ""


@dataclass
class Tried:
    """What was tried, in numbers that can be added up, and what failed. Any part may count anything, by a plural noun.

    ``pairs`` are the pairs of features that met in one world.
    """

    counts: Counter[str] = field(default_factory=Counter)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)

    def count(self, noun: str, number: int = 1) -> None:
        """Count something that was tried."""
        self.counts[noun] += number

    def met(self, features: Iterable[str]) -> None:
        """Note that features met in one world."""
        self.pairs.update(pairs_of(features))

    def merge(self, other: Tried) -> None:
        """Add what another one counted."""
        self.counts.update(other.counts)
        self.pairs |= other.pairs
        self.failures += other.failures


class Part(Protocol):
    """A part of the simulation. Cases are independent: any process may try any of them, in any order."""

    @property
    def name(self) -> str:
        """A word, such as ``worlds``."""

    @property
    def weight(self) -> int:
        """Its share of the time, compared with those of the other parts."""

    def cases(self, seed: str) -> Iterator[str]:
        """Yield the names of cases, the same for the same seed. There may be no end to them.

        A name is all that ``attempt`` needs, without spaces: a seed of its own, a number of a call.
        """

    def attempt(self, case: str, tried: Tried, folder: Path) -> None:
        """Try one case in an empty folder, count what was tried, and add failures.

        An exception is a failure too, but CaseError: it says that there is no such case.
        """


def pairs_of(features: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Return every pair of features, each in sorted order."""
    return combinations(sorted(features), 2)


def numbered(seed: str) -> Iterator[str]:
    """Yield cases by seed, without end."""
    return (f"{seed}/{number}" for number in count())


def check_numbered(case: str) -> None:
    """Raise CaseError if a case is none of ``numbered``."""
    if _NUMBERED.fullmatch(case) is None:
        raise CaseError("a case is SEED/NUMBER, such as ab12cd34/1234")


@dataclass(frozen=True)
class Some:
    """A part, but only the cases whose names begin with certain words."""

    part: Part
    beginnings: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the part."""
        return self.part.name

    @property
    def weight(self) -> int:
        """The weight of the part."""
        return self.part.weight

    def cases(self, seed: str) -> Iterator[str]:
        """Yield the cases that begin so; end if there seem to be none."""
        others = 0
        for case in self.part.cases(seed):
            others += 1
            if case.startswith(self.beginnings):
                others = 0
                yield case
            elif others == _MOST_OTHERS:
                return

    def attempt(self, case: str, tried: Tried, folder: Path) -> None:
        """Try one case."""
        self.part.attempt(case, tried, folder)


def parts_named(parts: Sequence[Part], names: Iterable[str]) -> list[Part]:
    """Return the parts of these names; raises ValueError for a name that no part has.

    Of a part that is named as ``fuzzing:mail`` there are only the cases that begin with ``mail/``.
    """
    by_name = {part.name: part for part in parts}
    beginnings: dict[str, list[str]] = {}
    for each in names:
        name, _, beginning = each.partition(":")
        if name not in by_name:
            raise ValueError(f"no part is called {name!r}: choose from {', '.join(by_name)}")
        beginnings.setdefault(name, []).append(f"{beginning}/" if beginning else "")
    return [by_name[name] if "" in some else Some(by_name[name], tuple(some)) for name, some in beginnings.items()]
