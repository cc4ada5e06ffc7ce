"""Who is asked and from where: the exchangers of a host, and the IP addresses of this machine."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from fake_gateways.dns.mx_lookup import Exchanger, way_to
from fake_gateways.dns.resolver import Resolver
from fake_gateways.loopback import Network
from probe.diagnose.host.host_name import Host, ip_or_none, is_of_one_host
from probe.input_error import InputError

_LOOKUP_S: Final = 30.0
"""For all questions together: a nameserver may name many servers, and answer nothing about them."""
_RESOLV_CONF: Final = Path("/etc/resolv.conf")
_DNS_PORT: Final = 53


async def exchangers_of(host: Host, nameserver: tuple[str, int] | None) -> Sequence[Exchanger]:
    """Return the servers to ask: the host itself, or the exchangers of a domain.

    There are none if the nameserver does not answer in time. Raises InputError if it says that there is no server.
    """
    if host.address is not None:
        return [Exchanger(host.name, host.address)]
    address, port = nameserver or _system_nameserver()
    try:
        async with asyncio.timeout(_LOOKUP_S), Resolver(address, port, allowed=[only(address)]) as resolver:
            way = await way_to(host.name, resolver.ask)
    except OSError:  # no time is left, or the nameserver cannot be reached
        return []
    # A nameserver may answer anything. What is no address of one host is not asked, and each server is there once.
    named: dict[str, str] = {}
    for name, written in way.exchangers:
        named.setdefault(ip_or_none(written) or written, name)
    usable = [Exchanger(name, address) for address, name in named.items() if is_of_one_host(address)]
    if not usable and not way.may_clear:
        problem = f"has no mail server ({way.obstacle or 'its addresses are of no host'}), so there is nobody to ask"
        raise InputError(host.name, problem, "check the name")
    return usable


def _system_nameserver() -> tuple[str, int]:
    """Return the first nameserver of this machine; raises InputError."""
    try:
        lines = _RESOLV_CONF.read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    words = [line.split() for line in lines]
    for each in words:
        if len(each) > 1 and each[0] == "nameserver" and (address := ip_or_none(each[1])) is not None:
            return address, _DNS_PORT
    raise InputError(_RESOLV_CONF, "names no nameserver", 'give one in the allow list: nameserver = "192.0.2.53:53"')


def only(address: str) -> Network:
    """Return the network of one address."""
    return ipaddress.ip_network(address)


def usual_source(exchangers: Sequence[Exchanger]) -> str:
    """Return the address from which this machine would connect to the first that it can; raises InputError.

    No packet is sent.
    """
    for _, address in exchangers:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probing, suppress(OSError):
            probing.connect((address, _DNS_PORT))
            found: str = probing.getsockname()[0]
            return found
    if not exchangers:
        return ""
    raise InputError(exchangers[0].host, "cannot be reached from this machine", "name an IP address with --source")


def require_ours(source: str) -> None:
    """Raise InputError unless this machine has an address."""
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    try:
        with socket.socket(family) as bound:
            bound.bind((source, 0))
    except OSError as error:
        raise InputError(
            f"--source {source}", f"is no address of this machine ({error.strerror})", "name another"
        ) from None
