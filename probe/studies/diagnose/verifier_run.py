"""Lets other verifiers ask the gateway of a lab: by their rules, and py3-validate-email itself over sockets."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from smtplib import SMTP_PORT
from typing import Final
from unittest.mock import patch

import dns.resolver

from fake_gateways import certificate
from fake_gateways.smtp.command import Command
from fake_gateways.smtp.envelope import Stage
from probe.lab.diagnose_lab import BEGINS_AFTER_S, Lab
from probe.lab.listeners import Listeners, query_handler
from probe.records.attempt import Outcome
from probe.sender.transaction import Result, introduce
from probe.sender.transport import Line, LineError
from probe.studies.diagnose.cases import DOMAIN
from probe.studies.diagnose.verifiers import Rules, Verdict

_PATIENCE_S: Final = 10
"""In real seconds. The gateways' waits take none."""


def has_py3_validate_email() -> bool:
    """Whether py3-validate-email is installed."""
    return find_spec("validate_email") is not None


async def asked_by(rules: Rules, lab: Lab, random: str) -> Verdict:
    """Ask the gateway by a verifier's rules."""
    asking, probes = rules(lab.recipient, random), 0
    lab.lane.clock.pass_by(BEGINS_AFTER_S)
    try:
        about = next(asking)
        async with AsyncExitStack() as lines:
            while True:
                if about == random:
                    await lines.aclose()
                    begun = await _begun(lab, lines)
                if isinstance(begun, Result):
                    result = begun
                else:
                    result = await _say(begun, Stage.RCPT, Command("RCPT", path=about))
                    probes += 1
                about = asking.send(result)
    except StopIteration as ended:
        return Verdict(ended.value, probes)


async def _begun(lab: Lab, lines: AsyncExitStack) -> Line | Result:
    """Open a connection and begin a transaction, as the refused one began."""
    sender = lab.scenario.sender
    try:
        line = await lab.lane.connections.reach(lab.exchangers[0]).connect(lab.attempt.local_address, sender.helo)
    except LineError as error:
        return Result(Stage.CONNECT, failure=error.failure, text=error.text)
    lines.push_async_callback(line.close)
    refused = await introduce(line, _no_time)
    if refused is not None:
        return refused
    mail = await _say(line, Stage.MAIL, Command("MAIL", path=f"verifier@{sender.return_path}"))
    return line if mail.outcome is Outcome.DELIVERED else mail


async def _say(line: Line, stage: Stage, command: Command) -> Result:
    try:
        (reply,) = await line.exchange([command])
    except LineError as error:
        return Result(stage, failure=error.failure, text=error.text)
    return Result(stage, reply)


def _no_time() -> None:
    """Let no time pass for an exchange."""


async def py3_validate_email(lab: Lab) -> Verdict:
    """Let py3-validate-email ask the gateway over sockets, once and with its defaults.

    It looks up the exchanger in the lab's nameserver. It always connects to port 25 and cannot choose its own address:
    both are translated on the way, as a router would.
    """
    lane, sender = lab.lane, lab.scenario.sender
    clock = lane.clock
    clock.pass_by(BEGINS_AFTER_S)
    async with Listeners(clock) as listeners:
        names = await listeners.open_nameserver(lane.world)
        resolver = await listeners.open_resolver(*names)
        answer = query_handler(lab.scenario, resolver.ask, clock.sleep, (), patience_s=sender.patience)
        ports = {
            address: await listeners.open_gateway(gateway, answer, tls=_tls())
            for address, gateway in lane.gateways.items()
        }
        with _translated(names, ports, lab.attempt.local_address):
            alive = await asyncio.to_thread(
                _validate_email(),
                lab.recipient,
                dns_timeout=_PATIENCE_S,
                smtp_timeout=_PATIENCE_S,
                smtp_helo_host=sender.helo,
                smtp_from_address=f"verifier@{sender.return_path}",
            )
    lane.faults.raise_first()
    return Verdict(alive, 1)


@cache
def _tls() -> Callable[[], ssl.SSLContext]:
    """Return what makes the TLS context of the gateways: nobody verifies their names."""
    return certificate.issuer([DOMAIN])


@cache
def _validate_email() -> Callable[..., bool | None]:
    os.environ["PY3VE_IGNORE_UPDATER"] = "1"  # it would fetch a new list of disposable domains when it is imported
    validate: Callable[..., bool | None] = import_module("validate_email").validate_email
    return validate


@contextmanager
def _translated(names: tuple[str, int], ports: Mapping[str, int], source: str) -> Iterator[None]:
    """Answer DNS questions by a nameserver, and lead connections to port 25 to the port that a gateway listens at."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [names[0]], names[1]
    connect = socket.create_connection

    def connected(to: tuple[str, int], timeout: float | None = None, _: object = None) -> socket.socket:
        (found, *_others) = resolver.resolve(to[0], "A")
        address = str(found)
        if address not in ports or to[1] != SMTP_PORT:
            raise ConnectionRefusedError(f"nothing listens at {address}")
        return connect((address, ports[address]), timeout, (source, 0))

    with patch.object(dns.resolver, "default_resolver", resolver), patch.object(socket, "create_connection", connected):
        yield
