"""Finds the smallest disliked part of a message by leaving out half of what may be disliked, again and again."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from typing import Final

from fake_gateways.truth import Cause
from probe.diagnose.conditions import Content
from probe.diagnose.hypothesis import CAUSES
from probe.diagnose.message_parts import Kind, Part

ABOUT_CONTENT: Final = frozenset({Cause.CONTENT, Cause.VIRUS, Cause.POLICY})
"""The causes that a part of the message can have."""
_OF_KIND: Final[Mapping[Content, Kind]] = {
    Content.WITHOUT_LINKS: Kind.LINK,
    Content.WITHOUT_ATTACHMENTS: Kind.ATTACHMENT,
}
_DISLIKED: Final[Mapping[Cause, Mapping[Kind, float]]] = {
    Cause.CONTENT: {Kind.SUBJECT: 0.25, Kind.LINK: 0.25, Kind.ATTACHMENT: 0.25, Kind.PARAGRAPH: 0.25},
    Cause.VIRUS: {Kind.ATTACHMENT: 0.9, Kind.PARAGRAPH: 0.1},
    Cause.POLICY: {Kind.ATTACHMENT: 1.0},
}
"""How likely a cause is about a part of this kind, if it is about a part of the message. The numbers are our own."""
_HARDLY: Final = 0.002


def suspects(parts: Sequence[Part], taken: Mapping[Content, bool]) -> tuple[int, ...]:
    """Return the parts that may be disliked; ``taken`` says which changed messages the gateway took."""
    found = {part.kind for part in parts}
    for content, kind in _OF_KIND.items():
        if content in taken:
            found = found & {kind} if taken[content] else found - {kind}
    return tuple(number for number, part in enumerate(parts) if part.kind in found)


def smallest(parts: Sequence[int], *, certain: bool) -> Generator[frozenset[int], bool, tuple[int, ...]]:
    """Yield what to leave out and take whether the rest was taken; return the smallest disliked part.

    ``certain`` means that a message without all ``parts`` is taken; else this is asked first. Then one of n parts takes
    ceil(log2 n) steps, and one more to make sure: a gateway may dislike several parts together. Then all that must be
    left out are returned.
    """
    if not parts or not (certain or (yield frozenset(parts))):
        return ()
    left = known = tuple(parts)
    while len(left) > 1:
        half, other = left[: len(left) // 2], left[len(left) // 2 :]
        if (yield frozenset(half)):
            left = known = half
        else:
            left = other
    if left != known and (yield frozenset(left)):
        known = left
    return known


def chosen_of(parts: Sequence[Part], suspected: Sequence[int], found: Collection[int]) -> tuple[Part, ...]:
    """Return parts by their numbers, none if nothing was found out about those that were suspected."""
    return () if len(found) == len(suspected) > 1 else tuple(parts[number] for number in sorted(found))


def likelihoods_of(disliked: Collection[Part], suspected: Collection[Part]) -> dict[Cause, float]:
    """Return how likely each cause is one for which just these are disliked of all that were suspected.

    Malware is in files, and rarely in text; the rules of a policy are about files. A filter may dislike any part.
    """
    kinds = {part.kind for part in disliked}
    possible = {part.kind for part in suspected}
    found: dict[Cause, float] = dict.fromkeys(CAUSES, _HARDLY)
    for cause, shares in _DISLIKED.items():
        among = sum(shares.get(kind, 0.0) for kind in possible) or 1.0
        found[cause] = min(shares.get(kind, _HARDLY) for kind in kinds) / among
    return found
