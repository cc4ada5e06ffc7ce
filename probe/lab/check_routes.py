"""Checks that mail finds its way from the sender to the gateways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fake_gateways.dns.zone import World
from probe.input_error import InputError
from probe.scenario.companies import Company


def exchangers(world: World, domain: str) -> list[str]:
    """Return the hosts that the MX records of a domain name at any time; empty for a null MX."""
    return [record.split()[1].rstrip(".").lower() for record in world.ever(domain, "MX")]


def check_routes(world: World, domains: Iterable[str], addresses: Sequence[str], path: str) -> None:
    """Raise InputError for an MX host without an address, and for a mix of IPv4 and IPv6 among ``addresses``."""
    for domain in domains:
        for host in filter(None, exchangers(world, domain)):
            if not any(world.ever(host, kind) for kind in ("A", "AAAA")):
                problem = f"leads mail for {domain} to {host}, which has no address"
                raise InputError(f"{path}: dns", problem, f"name {domain}'s gateway, or add an A record for {host}")
    if len({":" in address for address in addresses}) > 1:
        problem = "has IPv4 and IPv6 addresses that cannot reach each other"
        raise InputError(f"{path}: sender.ips", problem, "give sender and gateways addresses of one kind")


def route_warnings(world: World, domains: Iterable[str], companies: Sequence[Company]) -> Iterator[str]:
    """Yield a sentence for each domain whose mail goes by an alias to a gateway that does not take it.

    Also for each MX record that names an alias, which real senders follow although it is not allowed.
    """
    taken = {domain for company in companies for domain in company.domains}
    gateways = {company.address: company.name for company in companies}
    for domain in domains:
        hosts = exchangers(world, domain) or [domain]
        addresses = (each for host in hosts for kind in ("A", "AAAA") for each in world.ever(host, kind))
        reached = next((gateways[each] for each in addresses if each in gateways), None)
        if reached is not None and domain not in taken:
            yield (
                f"mail for {domain} goes to gateway {reached}, which does not take it; "
                "add it to the gateway's domains unless that is meant"
            )
        for host in filter(None, exchangers(world, domain)):
            for alias in world.ever(host, "CNAME")[:1]:
                yield (
                    f"the MX of {domain} names {host}, an alias of {alias.rstrip('.')} (against RFC 5321 section 5.1); "
                    "most senders follow it, some do not"
                )
