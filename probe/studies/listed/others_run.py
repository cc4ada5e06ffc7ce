"""Lets other tools ask about the same cases: pydnsbl from PyPI, and check_rbl from Debian, as they are."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from fake_gateways.dns.nameserver import Nameserver, serve
from probe.lab import event_loop
from probe.listed.answer import Decided, State
from probe.listed.lists import BlockList
from probe.listed.subject import Subject
from probe.studies.listed.cases import Case, Timing, cases, world_of
from probe.studies.listed.figures import Tally
from probe.studies.listed.measure_run import faults_of

_PATIENCE_S: Final = 1
"""Their resolvers wait so long for an answer; nothing else is on loopback."""
_IDLE_S: Final = 0.1
_LONGEST_S: Final = 3.0
_PLUGINS: Final = "/usr/lib/nagios/plugins"
Said = Callable[[Case, Nameserver], Awaitable[dict[Subject, State]]]


def measure_other(
    said: Said, lists: Sequence[BlockList], seeds: range, tell: Callable[[int], object] = lambda _: None
) -> Tally:
    """Let another tool ask every list, with every fault that is there all the time and without, and count."""
    tally = Tally()
    for each in lists:
        lasting = [case for case in cases([each], seeds) if case.fault is None or case.timing is Timing.WHOLE]
        event_loop.run(_ask_all(lasting, said, tally))
        tell(1)
    return tally


async def _ask_all(some: Sequence[Case], said: Said, tally: Tally) -> None:
    for case in some:
        async with _serving(case) as server:
            found = await said(case, server)
        tally.count(case, {subject: Decided(state) for subject, state in found.items()})
    await asyncio.sleep(2 * _IDLE_S)  # until the nameserver has closed the connections that were left open


@asynccontextmanager
async def _serving(case: Case) -> AsyncIterator[Nameserver]:
    server = await serve(world_of(case), lambda: 0.0, faults=faults_of(case), idle_s=_IDLE_S)
    try:
        yield server
    finally:
        await server.close()


def has_pydnsbl() -> bool:
    """Whether pydnsbl is installed."""
    return importlib.util.find_spec("pydnsbl") is not None


async def pydnsbl_says(case: Case, server: Nameserver) -> dict[Subject, State]:
    """Return what pydnsbl says of each subject. A list that it calls failed is unknown."""
    pydnsbl = importlib.import_module("pydnsbl")
    aiodns = importlib.import_module("aiodns")  # it comes with pydnsbl
    checker: Any = (pydnsbl.DNSBLDomainChecker if case.blocklist.of == "domains" else pydnsbl.DNSBLIpChecker)(
        providers=[pydnsbl.providers.Provider(case.blocklist.zone)], loop=asyncio.get_running_loop()
    )
    checker._resolver = aiodns.DNSResolver(  # noqa: SLF001 - it has no option for a nameserver
        nameservers=[server.address], udp_port=server.port, tcp_port=server.port, timeout=_PATIENCE_S, tries=1
    )
    found = {}
    for subject in case.entries:
        try:
            async with asyncio.timeout(_LONGEST_S):
                result = await checker.check_async(subject.name)
        except TimeoutError:
            found[subject] = State.UNKNOWN
            continue
        is_unknown = bool(result.failed_providers)
        found[subject] = State.LISTED if result.blacklisted else State.UNKNOWN if is_unknown else State.NOT_LISTED
    return found


def check_rbl() -> str | None:
    """Return the path of check_rbl, None if it is not installed."""
    return shutil.which("check_rbl", path=f"{os.environ.get('PATH', '')}:{_PLUGINS}")


async def check_rbl_says(case: Case, server: Nameserver) -> dict[Subject, State]:
    """Return what check_rbl says of each subject, by its exit code: 2 is listed, 0 is not."""
    program = check_rbl()
    assert program is not None  # noqa: S101 - who calls this has looked
    found = {}
    for subject in case.entries:
        process = await asyncio.create_subprocess_exec(
            *(program, "-H" if subject.kind == "address" else "-U", subject.name, "-s", case.blocklist.zone),
            *("-n", server.address, "-c", "1", "-w", "1", "-r", "1", "--query-timeout", str(_PATIENCE_S)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "RES_OPTIONS": f"port:{server.port}"},
        )
        code = await process.wait()
        found[subject] = {0: State.NOT_LISTED, 2: State.LISTED}.get(code, State.UNKNOWN)
    return found
