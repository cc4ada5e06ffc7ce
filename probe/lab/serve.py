"""Gateways and names on stated ports, in real time, for senders that are not ours."""

from __future__ import annotations

import asyncio
import errno
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from fake_gateways import certificate, scanners, server
from fake_gateways.clock import WallClock
from fake_gateways.dns import nameserver
from fake_gateways.dns.resolver import Resolver
from fake_gateways.loopback import Network
from fake_gateways.needs import QueryHandler
from fake_gateways.reports.bouncer import Bouncer
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.input_error import InputError
from probe.lab.gateways import build_gateway, require_scanners
from probe.lab.open_books import open_books
from probe.lab.prepare import PreparedScenario
from probe.ledger import Ledger, held
from probe.returned_mail import mailbox_server as return_mailbox
from probe.returned_mail.joiner import Home

T = TypeVar("T")

FLUSH_S: Final = 1.0
"""Real seconds after which what was decided is committed."""


@dataclass(frozen=True)
class Place:
    """Where to listen. Gateways have an address each and share the port."""

    smtp_port: int = 2525
    dns_address: str = "127.0.0.53"
    dns_port: int = 5353
    report_port: int = 25
    allowed: tuple[Network, ...] = ()


async def serve(
    prepared: PreparedScenario,
    out: Path,
    place: Place,
    *,
    speed: float,
    ready: Callable[[], None],
    until_quiet_s: float | None = None,
) -> int:
    """Serve until SIGINT or SIGTERM; return how many decisions were written. Raises InputError for a port in use.

    With ``until_quiet_s`` it ends by itself when, after the first decision, there was none for so many real seconds.
    """
    scenario = prepared.loaded.scenario
    clock = WallClock(scenario.starts.timestamp(), speed)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    written = 0
    truths: list[Truth] = []
    others: list[Any] = []
    await require_scanners(prepared, place.allowed)
    with held(out):
        async with AsyncExitStack() as stack:
            # Ports first: where one is taken, the books of an earlier run stay as they are.
            await _open(prepared, place, clock, stack, write=truths.append, keep=others.append)
            with Ledger.create(out) as ledger:
                open_books(ledger, prepared, "foreign")
                ready()
                active = None
                while not stop.is_set() or truths or others:
                    if truths or others:
                        active = loop.time()
                    written += len(truths)
                    ledger.add([*truths, *others])
                    truths.clear()
                    others.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), FLUSH_S)
                    if until_quiet_s is not None and active is not None and loop.time() >= active + until_quiet_s:
                        stop.set()
                ledger.seal()
    return written


async def _open(
    prepared: PreparedScenario,
    place: Place,
    clock: WallClock,
    stack: AsyncExitStack,
    *,
    write: Callable[[Truth], None],
    keep: Callable[[Any], None],
) -> None:
    """Start the mailbox behind the return-path if the scenario says where, every gateway, and then the nameserver.

    So whoever gets an answer from the nameserver finds all gateways there. It closes last as well: gateways ask it.
    ``keep`` gets whatever else goes into the books: reports, what came home, what was opened.
    """
    closed_last = await stack.enter_async_context(AsyncExitStack())
    resolver = Resolver(place.dns_address, place.dns_port, allowed=place.allowed)
    report_port = place.report_port
    sender = prepared.loaded.scenario.sender
    if sender.return_mailbox is not None:
        home = Home("", keep)
        address, report_port = sender.return_mailbox
        mailbox = await _or_in_use(
            return_mailbox.listen(
                sender.return_path,
                lambda return_path, content: home.take(return_path, content, clock.now()),
                address=address,
                port=report_port,
                allowed=place.allowed,
            ),
            address,
            report_port,
            "sender.return_mailbox",
        )
        stack.callback(mailbox.close)
    bouncer = Bouncer(resolver.ask, clock, report_port, allowed=place.allowed)
    stack.push_async_callback(bouncer.close)
    asked = prepared.loaded.scenario.scanners_asked
    answer_query = QueryHandler(resolver.ask, clock.sleep, scanners.connect(asked, place.allowed))
    tls = certificate.issuer([company.host for company in prepared.companies])

    def post(report: DeliveryReport) -> None:
        keep(report)
        bouncer.post(report)

    for company in prepared.companies:
        gateway = build_gateway(
            company,
            prepared.directories[company.name],
            prepared.loaded.scenario,
            clock,
            write=write,
            post=post,
            engage=keep,
        )
        listener = await _or_in_use(
            server.serve(
                gateway,
                answer_query,
                address=company.address,
                port=place.smtp_port,
                tls=tls,
                proxied=company.spec.proxy_protocol,
                allowed=place.allowed,
            ),
            company.address,
            place.smtp_port,
            "--port",
        )
        stack.callback(listener.close)
    names = await _or_in_use(
        nameserver.serve(
            prepared.world, clock.now, address=place.dns_address, port=place.dns_port, allowed=place.allowed
        ),
        place.dns_address,
        place.dns_port,
        "--dns-port",
    )
    closed_last.push_async_callback(names.close)


async def _or_in_use(opening: Awaitable[T], address: str, port: int, option: str) -> T:
    try:
        return await opening
    except OSError as raised:
        # uvloop wraps the error of a datagram socket in one that has no number.
        cause = raised.__cause__
        error = cause if raised.errno is None and isinstance(cause, OSError) else raised
        if error.errno == errno.EADDRINUSE:
            problem, remedy = "is in use", f"stop the other server or choose another with {option}"
        elif error.errno == errno.EACCES:
            problem, remedy = "needs privileges", f"choose a port above 1023 with {option}"
        else:
            problem, remedy = f"cannot be opened ({error.strerror})", f"choose another address or port ({option})"
        raise InputError(f"{address} port {port}", problem, remedy) from None
