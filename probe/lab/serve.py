"""Serves gateways and DNS on given ports in real time, for a sender outside fivefifty."""

from __future__ import annotations

import asyncio
import errno
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fake_gateways.certificate import Authority
from fake_gateways.clock import WallClock
from fake_gateways.loopback import Network
from fake_gateways.people.directory import Directory
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.input_error import InputError
from probe.lab.gateways import build_gateways, require_scanners
from probe.lab.listed_lab import lists_of, with_test_points
from probe.lab.listeners import Listeners, query_handler
from probe.lab.open_books import mailboxes, open_books
from probe.lab.prepare import PreparedScenario
from probe.ledger import Ledger
from probe.ledger.locks import locked
from probe.records.rows import KnownLane
from probe.returned_mail.joiner import ReturnJoiner

FLUSH_S: Final = 1.0
"""Real seconds between two commits of decisions."""


@dataclass(frozen=True)
class ListenAddresses:
    """Where to listen. Every gateway has an address of its own and the port ``smtp_port``.

    On ``submission_port`` and ``tls_port`` every gateway listens as well, where given; on the latter in TLS from the
    start. Then every gateway offers AUTH. ``report_port`` is the port of the return-path's MX, where delivery reports
    go. ``allowed`` are networks beyond loopback.
    """

    smtp_port: int = 2525
    dns_address: str = "127.0.0.53"
    dns_port: int = 5300
    report_port: int = 25
    submission_port: int | None = None
    tls_port: int | None = None
    allowed: tuple[Network, ...] = ()

    @property
    def ports(self) -> dict[str, int]:
        """The ports of every gateway, by the option that sets each."""
        given = {"--port": self.smtp_port, "--submission-port": self.submission_port, "--tls-port": self.tls_port}
        return {option: port for option, port in given.items() if port is not None}


async def serve(
    prepared: PreparedScenario,
    out: Path,
    listen: ListenAddresses,
    *,
    speed: float,
    authority: Authority,
    ready: Callable[[], None],
    until_quiet_s: float | None = None,
) -> int:
    """Serve until SIGINT or SIGTERM; return how many decisions were written. Raises InputError for a port in use.

    With ``until_quiet_s`` it ends when there was a decision, and then none for that many real seconds.
    """
    clock = WallClock(prepared.loaded.scenario.starts.timestamp(), speed)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    written = 0
    truths: list[Truth] = []
    others: list[Any] = []
    await require_scanners(prepared, listen.allowed)
    directories = {company.name: prepared.directory(company) for company in prepared.companies}
    with locked(out), ExitStack() as at_end:
        async with Listeners(clock, listen.allowed) as listeners:
            # Ports first: if one is in use, the books of an earlier run stay unchanged.
            await _open(prepared, directories, listen, listeners, authority, write=truths.append, keep=others.append)
            ledger = at_end.enter_context(Ledger.create(out))
            open_books(ledger, prepared, "foreign")
            ledger.add([KnownLane("", 0), *mailboxes(directories)])  # all gateways are one lane without a name
            ready()
            active = None
            while not stop.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), FLUSH_S)
                if truths or others:
                    active = loop.time()
                written += len(truths)
                ledger.add([*truths, *others])
                truths.clear()
                others.clear()
                if until_quiet_s is not None and active is not None and loop.time() >= active + until_quiet_s:
                    stop.set()
        # All connections are closed now, so no client hears of a decision that is not written.
        ledger.add([*truths, *others])
        ledger.seal()
    return written + len(truths)


async def _open(
    prepared: PreparedScenario,
    directories: Mapping[str, Directory],
    listen: ListenAddresses,
    listeners: Listeners,
    authority: Authority,
    *,
    write: Callable[[Truth], None],
    keep: Callable[[Any], None],
) -> None:
    """Open the return mailbox if the scenario has one, then every gateway, then the nameserver.

    A client that gets an answer from the nameserver therefore finds all gateways open. ``keep`` gets the other rows of
    the books: delivery reports, returned mail, engagements.
    """
    scenario, clock = prepared.loaded.scenario, listeners.clock
    resolver = await listeners.open_resolver(listen.dns_address, listen.dns_port)
    report_port = listen.report_port
    if scenario.sender.return_mailbox is not None:
        address, report_port = scenario.sender.return_mailbox
        with _port_errors(address, report_port, "sender.return_mailbox"):
            await listeners.open_return_mailbox(scenario.sender, ReturnJoiner("", keep), port=report_port)
    bouncer = listeners.open_bouncer(resolver.ask, report_port)
    answer_query = query_handler(scenario, resolver.ask, clock.sleep, listen.allowed)

    def post(report: DeliveryReport) -> None:
        keep(report)
        bouncer.post(report)

    gateways = build_gateways(
        prepared.companies,
        directories,
        scenario,
        clock,
        write=write,
        post=post,
        engage=keep,
        logins=len(listen.ports) > 1,
    )
    for company in prepared.companies:
        for option, port in listen.ports.items():
            with _port_errors(company.address, port, option):
                await listeners.open_gateway(
                    gateways[company.address],
                    answer_query,
                    port=port,
                    tls=lambda: authority.context,
                    tls_from_start=option == "--tls-port",
                    proxied=company.spec.proxy_protocol,
                )
    world = with_test_points(prepared.world, lists_of(scenario))
    with _port_errors(listen.dns_address, listen.dns_port, "--dns-port"):
        await listeners.open_nameserver(world, address=listen.dns_address, port=listen.dns_port)


def authority_of(prepared: PreparedScenario) -> Authority:
    """Return the certificate authority of the gateways: their certificate has their host names and addresses."""
    return Authority([name for company in prepared.companies for name in (company.host, company.address)])


@contextmanager
def _port_errors(address: str, port: int, option: str) -> Iterator[None]:
    """Turn the OSError of a port that cannot be opened into an InputError that names the option to change."""
    try:
        yield
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
