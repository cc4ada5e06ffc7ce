"""A sample of bounded size that does not depend on the order in which it is drawn.

Small kinds of members are kept whole. Each large kind keeps the same number of members, those with the smallest
numbers; a member's number is a hash of its key. Kinds only grow, so the number of members that each may keep only
shrinks, and a dropped member is never needed again. So parts of a sample can be merged in any order.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, Generic, TypeVar

from probe.judge.story import Key

_SLACK: Final = 1.25
"""A sample is cut down when it has so many times the members that it may have."""
KindT = TypeVar("KindT", bound=tuple[object, ...])
MemberT = TypeVar("MemberT")


class Sample(Generic[KindT, MemberT]):
    """At most ``most`` members of all kinds together; ``sizes`` counts all that were added, by kind."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.sizes: Counter[KindT] = Counter()
        self._kept: dict[KindT, list[tuple[int, Key, MemberT]]] = {}
        self._limits: dict[KindT, int] = {}
        self._held = 0

    def add(self, kind: KindT, key: Key, member: Callable[[], MemberT]) -> None:
        """Add a member. It is only made if it is kept for now."""
        self.sizes[kind] += 1
        number = number_of(key)
        if kind in self._limits and number >= self._limits[kind]:
            return
        self._kept.setdefault(kind, []).append((number, key, member()))
        self._held += 1
        if self._held > self.most * _SLACK:
            self._cut()

    def merge(self, other: Sample[KindT, MemberT]) -> None:
        """Add the members of another sample."""
        self.sizes.update(other.sizes)
        for kind, kept in other._kept.items():
            self._kept.setdefault(kind, []).extend(kept)
        for kind, limit in other._limits.items():
            self._limits[kind] = min(limit, self._limits.get(kind, limit))
        self._cut()

    def forget(self, kinds: Iterable[KindT]) -> None:
        """Remove kinds, as if none of their members had been added."""
        for kind in kinds:
            del self.sizes[kind]
            self._held -= len(self._kept.pop(kind))
            self._limits.pop(kind, None)

    def _cut(self) -> None:
        share = fair_share(self.sizes.values(), self.most)
        for kind, kept in self._kept.items():
            if len(kept) > share:
                kept.sort(key=_number)
                self._limits[kind] = kept[share][0]
                del kept[share:]
        self._held = sum(map(len, self._kept.values()))

    def drawn(self, most: int | None = None) -> list[tuple[KindT, Key, MemberT]]:
        """Return the members, or at most so many of them, in an order that says nothing about their kinds."""
        share = fair_share(self.sizes.values(), self.most if most is None else min(most, self.most))
        found = [
            (number, key, kind, member)
            for kind, kept in self._kept.items()
            for number, key, member in sorted(kept, key=_number)[:share]
        ]
        return [(kind, key, member) for _, key, kind, member in sorted(found, key=lambda each: each[:2])]


def fair_share(sizes: Iterable[int], most: int) -> int:
    """Return how many members each kind may keep, so that all kinds together keep at most ``most``."""
    left, waiting = most, sorted(sizes)
    for number, size in enumerate(waiting):
        share = left // (len(waiting) - number)
        if size > share:
            return share
        left -= size
    return most


def number_of(key: Key) -> int:
    """Return a number that is the same in every process and spread evenly over 64 bits."""
    name = "\0".join(key).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big")


def _number(entry: tuple[int, Key, object]) -> int:
    return entry[0]
