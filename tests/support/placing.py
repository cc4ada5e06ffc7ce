"""What was seen in seed mailboxes, made up for tests of placement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from probe.placement.placed import Placed, Where

MONDAY = 1_796_000_000.0
DAY_S = 86_400.0


def placed(campaign: str, seed: str, where: Where | None = Where.INBOX, day: int = 0, **more: object) -> Placed:
    """Return what was seen of a seed such as ``ann@freemail``, whose provider stands behind the @."""
    found = Placed(campaign, seed, seed.partition("@")[2], MONDAY + day * DAY_S, where)
    return found._replace(**more)


def days(inbox: Sequence[int], seeds: int = 24, providers: int = 6) -> Iterator[Placed]:
    """Yield the messages of one campaign a day, of which so many are in the inbox, and the others in junk."""
    for day, number in enumerate(inbox):
        for seed in range(seeds):
            where = Where.INBOX if seed < number else Where.JUNK
            yield placed(f"day {day}", f"seed{seed}@provider{seed % providers}", where, day)
