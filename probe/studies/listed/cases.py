"""Generated cases: a list, who is on it, and what goes wrong between it and the one who asks."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from fake_gateways.dns.resolver_fault import ResolverFault
from fake_gateways.dns.zone import LISTED, World
from probe.listed.lists import BlockList
from probe.listed.subject import Subject, name_on, names_to_test

_SUBJECTS: Final = 4
_NETWORKS: Final = ("192.0.2.0", "198.51.100.0", "203.0.113.0")
"""RFC 5737. Their IPv6 sibling is 2001:db8::/32 (RFC 3849)."""
_LONGEST: Final = 12
"""About so many questions are asked before a fault begins or ends at the latest."""


class Timing(StrEnum):
    """When a fault is there, while a list is asked."""

    WHOLE = "all the time"
    BEGINS = "begins meanwhile"
    ENDS = "ends meanwhile"
    AT_TIMES = "at every other question or so"


_AT_TIMES: Final = {ResolverFault.SERVER_FAILURE, ResolverFault.TIME_OUT, ResolverFault.TRUNCATED}
"""What happens to single questions. The other faults are of a list or a resolver as a whole."""


class Case(NamedTuple):
    """A list, its entries by subject (None: not listed), and a fault; ``turn`` is the question at which it changes."""

    blocklist: BlockList
    entries: dict[Subject, str | None]
    fault: ResolverFault | None
    timing: Timing
    turn: int
    seed: int


def cases(lists: Sequence[BlockList], seeds: Sequence[int]) -> Iterator[Case]:
    """Yield a case for every list, every fault and none, and every seed."""
    for blocklist in lists:
        for fault in (None, *ResolverFault):
            for seed in seeds:
                yield case_of(blocklist, fault, seed)


def case_of(blocklist: BlockList, fault: ResolverFault | None, seed: int) -> Case:
    """Draw a case."""
    rng = random.Random(f"{seed}:{blocklist.zone}:{fault}")  # noqa: S311 - must be repeatable
    timings = [Timing.WHOLE, Timing.BEGINS, Timing.ENDS, *([Timing.AT_TIMES] if fault in _AT_TIMES else [])]
    entries = {
        _subject(blocklist, rng): _code(blocklist, rng) if rng.random() < 0.5 else None for _ in range(_SUBJECTS)
    }
    return Case(blocklist, entries, fault, rng.choice(timings), rng.randint(1, _LONGEST), seed)


def world_of(case: Case) -> World:
    """Return the records of the list, with its test points."""
    world = World()
    points = names_to_test(case.blocklist, case.entries)
    if case.blocklist.of == "addresses":
        points += names_to_test(case.blocklist, [Subject("192.0.2.1", "address")])
    for point in dict.fromkeys(each.listed for each in points):
        world.add(point, "A", next(iter(case.blocklist.codes), LISTED))
    for subject, code in case.entries.items():
        name = name_on(case.blocklist, subject)
        if code is not None and name is not None:
            world.add(name, "A", code)
            world.add(name, "TXT", f'"listed in {case.blocklist.zone}"')
    return world


def _subject(blocklist: BlockList, rng: random.Random) -> Subject:
    if blocklist.of == "domains":
        return Subject(f"{''.join(rng.choices('abcdefghijklmnop', k=12))}.example", "domain")
    if blocklist.ipv6 and rng.random() < 0.5:
        return Subject(str(ipaddress.IPv6Address(0x20010DB8 << 96 | rng.getrandbits(64))), "address")
    return Subject(str(ipaddress.IPv4Address(rng.choice(_NETWORKS)) + rng.randrange(256)), "address")


def _code(blocklist: BlockList, rng: random.Random) -> str:
    if blocklist.codes:
        return rng.choice(list(blocklist.codes))
    if blocklist.bits:
        bits = rng.sample(list(blocklist.bits), rng.randint(1, len(blocklist.bits)))
        octet = sum(map(int, bits))
        return f"127.0.0.{octet}"
    return LISTED
