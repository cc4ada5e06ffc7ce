"""Lets pydnsbl ask about the same cases: its rule is that any answer is a listing."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

from fake_gateways.dns.nameserver import serve
from probe.lab import event_loop
from probe.listed.answer import Decided, State
from probe.listed.lists import BlockList
from probe.listed.subject import Subject
from probe.studies.listed.cases import Case, Timing, cases, world_of
from probe.studies.listed.figures import Tally
from probe.studies.listed.measure_run import faults_of

_PATIENCE_S = 0.3
"""Its resolver waits so long; nothing else is on loopback."""


def has_pydnsbl() -> bool:
    """Whether pydnsbl is installed."""
    return importlib.util.find_spec("pydnsbl") is not None


def measure_pydnsbl(lists: Sequence[BlockList], seeds: range, tell: Callable[[int], object] = lambda _: None) -> Tally:
    """Let pydnsbl ask every list with every fault that lasts all the time, and count."""
    tally = Tally()
    for each in lists:
        event_loop.run(_ask_all([case for case in cases([each], seeds) if case.timing is Timing.WHOLE], tally))
        tell(1)
    return tally


async def _ask_all(some: Sequence[Case], tally: Tally) -> None:
    for each in some:
        tally.count(each, await _said(each))


async def _said(case: Case) -> dict[Subject, Decided]:
    pydnsbl = importlib.import_module("pydnsbl")
    aiodns = importlib.import_module("aiodns")  # it comes with pydnsbl

    server = await serve(world_of(case), lambda: 0.0, faults=faults_of(case))
    checker: Any = (pydnsbl.DNSBLDomainChecker if case.blocklist.of == "domains" else pydnsbl.DNSBLIpChecker)(
        providers=[pydnsbl.providers.Provider(case.blocklist.zone)]
    )
    checker._resolver = aiodns.DNSResolver(  # noqa: SLF001 - it has no option for a port
        nameservers=[f"{server.address}:{server.port}"], timeout=_PATIENCE_S, tries=1
    )
    try:
        found = {}
        for subject in case.entries:
            result = await checker.check_async(subject.name)
            state = (
                State.LISTED if result.blacklisted else State.UNKNOWN if result.failed_providers else State.NOT_LISTED
            )
            found[subject] = Decided(state)
        return found
    finally:
        await server.close()
