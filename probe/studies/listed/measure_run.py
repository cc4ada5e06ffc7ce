"""Asks the lists of generated cases, and lets other tools ask the same nameserver."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from fake_gateways.dns.nameserver import respond
from fake_gateways.dns.resolver_fault import FaultyResolver
from fake_gateways.dns.zone import World
from probe.lab import event_loop
from probe.lab.processes import as_completed
from probe.listed.lists import BlockList
from probe.listed.look import look_at
from probe.listed.open_resolver import Asker, Exchange
from probe.studies.listed.cases import Case, Timing, cases, world_of
from probe.studies.listed.figures import Tally


def faults_of(case: Case) -> tuple[FaultyResolver, ...]:
    """Return the fault of a case. Its time is counted in questions."""
    if case.fault is None:
        return ()
    since = float(case.turn) if case.timing is Timing.BEGINS else 0.0
    until = float(case.turn) if case.timing is Timing.ENDS else None
    return (FaultyResolver(case.fault, case.blocklist.zone, since, until),)


def exchange_of(case: Case, world: World) -> Exchange:
    """Return the way to the nameserver of a case, on which each question takes a second."""
    faults, asked = faults_of(case), 0
    rng = random.Random(f"{case.seed}:{case.blocklist.zone}:at times")  # noqa: S311 - must be repeatable

    async def exchange(query: bytes, over_tcp: bool) -> bytes | None:  # noqa: FBT001
        nonlocal asked
        asked += 1
        strikes = case.timing is not Timing.AT_TIMES or rng.random() < 0.5
        return respond(query, world, float(asked), over_udp=not over_tcp, faults=faults if strikes else ())

    return exchange


async def _no_time(seconds: float) -> None:
    del seconds


async def ask(case: Case, tally: Tally) -> None:
    """Ask the list of a case about everybody, and count what was right."""
    asker = Asker(exchange_of(case, world_of(case)), _no_time)
    found = await look_at(case.blocklist, list(case.entries), asker.ask)
    tally.count(case, {entry.subject: entry.decided for entry in found.entries})


async def _ask_all(some: Sequence[Case]) -> Tally:
    tally = Tally()
    for each in some:
        await ask(each, tally)
    return tally


def _measured(job: tuple[BlockList, range]) -> Tally:
    blocklist, seeds = job
    return event_loop.run(_ask_all(list(cases([blocklist], seeds))))


def measure(
    lists: Sequence[BlockList], seeds: range, workers: int, tell: Callable[[int], object] = lambda _: None
) -> Tally:
    """Ask every list with every fault and seed; ``tell`` gets the number of lists that are done."""
    jobs = [(each, seeds) for each in lists]
    total = Tally()
    for _, tally in as_completed(_measured, jobs, min(workers, len(jobs))):
        total.merge(tally)
        tell(1)
    return total
