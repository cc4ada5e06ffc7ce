"""Which of several ways to decide wins at which price, and which is no better than another in anything."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, pairwise
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Point(NamedTuple, Generic[T]):
    """What a way to decide came to: how many of the living it lost, how many of the gone it kept, how many retests."""

    way: T
    lost: int
    kept: int
    retests: int = 0


class Winner(NamedTuple, Generic[T]):
    """Ways with the same result, and the price from which on they are the cheapest.

    ``above`` is the least price of one of the living lost, in gone ones kept.
    """

    ways: tuple[T, ...]
    above: float


def frontier(points: Iterable[Point[T]]) -> list[Winner[T]]:
    """Return the ways that are the cheapest at some price, the strictest first.

    They are the lower convex hull of the gone kept over the living lost. Retests have no price here.
    """
    alike: dict[tuple[int, int], list[T]] = {}
    for point in points:
        alike.setdefault((point.kept, point.lost), []).append(point.way)
    hull: list[tuple[int, int]] = []
    for found in sorted(alike):
        if hull and found[1] >= hull[-1][1]:
            continue
        while len(hull) > 1 and _price(hull[-1], found) <= _price(hull[-2], hull[-1]):
            hull.pop()
        hull.append(found)
    above = chain([0.0], (_price(one, other) for one, other in pairwise(hull)))
    return [Winner(tuple(alike[found]), price) for found, price in zip(hull, above, strict=False)]


def dominates(one: Point[T], other: Point[T]) -> bool:
    """Whether one is no worse than the other in anything, retests included, and loses or keeps fewer."""
    no_worse = one.lost <= other.lost and one.kept <= other.kept and one.retests <= other.retests
    return no_worse and (one.lost < other.lost or one.kept < other.kept)


def _price(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the price of one of the living at which two results cost the same."""
    return (other[0] - one[0]) / (one[1] - other[1])
