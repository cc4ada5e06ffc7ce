"""Looks at the blocklists of a scenario through its nameserver, at any time of the run's clock. Nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fake_gateways.dns.nameserver import respond
from fake_gateways.dns.resolver_fault import FaultyResolver, TestedWorld, usual_test_points
from fake_gateways.dns.zone import LISTED, World
from fake_gateways.policies.dmarc import from_domain
from probe.input_error import InputError
from probe.lab.prepare import PreparedScenario
from probe.listed.lists import Lists, unknown_list
from probe.listed.look import Look
from probe.listed.open_look import Looker, LookingFor
from probe.listed.posture.finding import Identity
from probe.listed.subject import Subject
from probe.scenario.model import Scenario

NAMESERVER: Final = "the scenario's nameserver"


@dataclass
class LabLooker:
    """Looks at what a scenario's nameserver says at a time, in seconds since the epoch."""

    world: World
    faults: tuple[FaultyResolver, ...]
    wanted: LookingFor
    _at: float = 0.0

    async def look(self, at: float) -> Look:
        """Look at everything."""
        self._at = at
        return await Looker(NAMESERVER, self._exchange, _no_time).look(at, self.wanted)

    async def _exchange(self, query: bytes, over_tcp: bool) -> bytes | None:  # noqa: FBT001
        return respond(query, self.world, self._at, over_udp=not over_tcp, faults=self.faults)


async def _no_time(seconds: float) -> None:
    """Wait for some seconds, which nobody notices in simulated time."""
    del seconds


def lab_looker(prepared: PreparedScenario, lists: Lists | None = None) -> LabLooker:
    """Return what looks at a scenario; raises InputError if it has no blocklists.

    ``lists`` are those of the user's file, in place of all that the scenario's gateways and addresses name.
    """
    scenario = prepared.loaded.scenario
    wanted = lists or lists_of(scenario)
    if wanted is None:
        problem = "names no blocklist, neither at an address of the sender nor at a gateway"
        raise InputError(prepared.loaded.path, problem, "give sender.ips.listed, or a policy with zones")
    addresses = [Subject(ip.address, "address") for ip in scenario.sender.ips]
    domains = [Subject(each, "domain") for each in dict.fromkeys(_domains(prepared))]
    dkim = scenario.sender.dkim
    identity = Identity(
        scenario.sender.helo,
        scenario.sender.return_path,
        () if dkim is None else (f"{dkim.domain}:{dkim.selector}",),
    )
    starts = scenario.starts.timestamp()
    faults = tuple(
        FaultyResolver(each.fault, each.zone, starts + each.since, None if each.until is None else starts + each.until)
        for each in scenario.sender.resolver_fault
    )
    world = with_test_points(prepared.world, wanted)
    return LabLooker(world, faults, LookingFor(addresses, domains, identity, wanted))


def with_test_points(world: World, lists: Lists | None) -> World:
    """Return a world in which the owners of blocklists keep the test points that RFC 5782 and the lists name."""
    points: dict[str, str] = {}
    for each in lists.alive if lists is not None else ():
        points |= usual_test_points(each.zone, of_domains=each.of == "domains")
        if each.test_point is not None:
            points[f"{each.test_point}.{each.zone}"] = next(iter(each.codes), LISTED)
    return TestedWorld.of(world, points)


def lists_of(scenario: Scenario) -> Lists | None:
    """Return the blocklists that a scenario names; None if it names none."""
    of_addresses = [listed.zone for ip in scenario.sender.ips for listed in ip.listed]
    of_domains: list[str] = []
    for policy in (policy for gateway in scenario.gateway for policy in gateway.policy):
        if policy.type == "ip-reputation":
            of_addresses += policy.zones
        elif policy.type in {"url-blocklist", "sender-reputation"}:
            of_domains += getattr(policy, "zones", ())
    found = [unknown_list(zone, "addresses") for zone in dict.fromkeys(of_addresses)]
    found += [unknown_list(zone, "domains") for zone in dict.fromkeys(of_domains) if zone not in of_addresses]
    return Lists.model_validate({"list": found}) if found else None


def _domains(prepared: PreparedScenario) -> Iterator[str]:
    """Yield the domains of the From fields."""
    for files in prepared.messages.files.values():
        for each in files:
            domain = from_domain(b"".join(each.template.pieces[::2]))
            if domain:
                yield domain
