"""The parts of a regular expression, and texts that they match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice, product
from typing import Final

import re2

_TRIED: Final = " 5041236789xabcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.@:/_[](<>\"'=#,;+?!*|&%$~^\\{}\té"
"""Characters to try for a class in a made-up text; the space comes first, because replies contain many."""
_WIDE: Final = "ae1 -."
"""A class that contains nearly all of these is taken to match nearly every character."""
_CHOICES: Final = 4
"""The number of texts made for each part of a sequence."""


class UnsupportedExpressionError(ValueError):
    """The expression is not valid, or RE2 does not support it; the message says why."""


@dataclass(frozen=True, slots=True)
class OneCharacter:
    """OneCharacter character: ``literal``, or one of a class."""

    re2: str
    literal: str | None = None

    def texts(self) -> Iterator[str]:
        """Yield texts that it matches."""
        yield from (self.literal,) if self.literal is not None else _members(self.re2)

    @property
    def is_wide(self) -> bool:
        """Whether it matches nearly every character."""
        return self.literal is None and sum(_has(self.re2, each) for each in _WIDE) >= len(_WIDE) - 1


@dataclass(frozen=True, slots=True)
class ZeroWidth:
    """A part that matches no character, such as ``^`` or a flag."""

    re2: str

    def texts(self) -> Iterator[str]:
        """Yield the empty text."""
        yield ""


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives in parentheses, or the whole expression if ``opening`` is empty."""

    opening: str
    branches: tuple[tuple[ExpressionPart, ...], ...]

    @property
    def re2(self) -> str:
        """The group in the syntax of RE2."""
        inside = "|".join("".join(part.re2 for part in branch) for branch in self.branches)
        return f"{self.opening}{inside})" if self.opening else inside

    def texts(self) -> Iterator[str]:
        """Yield texts of each branch in turn."""
        yield from _in_turn(_joined(branch) for branch in self.branches)

    @property
    def is_anchored(self) -> bool:
        """Whether every branch matches only at the beginning of the text."""
        return all(map(_begins, self.branches))


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part that may repeat; ``most`` is None for any number of times."""

    part: ExpressionPart
    quantifier: str
    least: int
    most: int | None

    @property
    def re2(self) -> str:
        """The part with its quantifier."""
        return self.part.re2 + self.quantifier

    def texts(self) -> Iterator[str]:
        """Yield texts with as few repetitions as allowed, then with one more."""
        counts = [self.least] if self.most == self.least else [max(self.least, 1), self.least, self.least + 1]
        texts = list(islice(self.part.texts(), _CHOICES))
        for count in dict.fromkeys(counts if texts else ()):
            yield "".join(islice(cycle(texts), count))  # such as 550
            yield from (text * count for text in texts if count)


ExpressionPart = OneCharacter | ZeroWidth | Group | Repeat


def has_wildcard(part: ExpressionPart) -> bool:
    """Whether a part contains something like ``.*``."""
    if isinstance(part, Group):
        return any(has_wildcard(each) for branch in part.branches for each in branch)
    if not isinstance(part, Repeat):
        return False
    return (part.most is None and isinstance(part.part, OneCharacter) and part.part.is_wide) or has_wildcard(part.part)


def _begins(branch: tuple[ExpressionPart, ...]) -> bool:
    first = next((part for part in branch if not (isinstance(part, ZeroWidth) and part.re2.startswith("(?"))), None)
    if isinstance(first, ZeroWidth):
        return first.re2 in {"^", r"\A"}
    return isinstance(first, Group) and first.is_anchored


def _joined(branch: tuple[ExpressionPart, ...]) -> Iterator[str]:
    """Yield texts of a sequence: the first text of every part, then the second of every part, then all combinations."""
    choices = [list(islice(part.texts(), _CHOICES)) for part in branch]
    if all(choices):
        for number in range(max(map(len, choices), default=0)):
            yield "".join(texts[number % len(texts)] for texts in choices)
        yield from map("".join, product(*choices))


def _in_turn(several: Iterable[Iterator[str]]) -> Iterator[str]:
    waiting = list(several)
    while waiting:
        for each in list(waiting):
            text = next(each, None)
            if text is None:
                waiting.remove(each)
            else:
                yield text


@cache
def _members(character_class: str) -> tuple[str, ...]:
    """Return some characters of a class, in the order of _TRIED."""
    return tuple(islice((each for each in _TRIED if _has(character_class, each)), _CHOICES))


@cache
def _has(character_class: str, character: str) -> bool:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(character_class, options).fullmatch(character) is not None
    except re2.error:
        return False
