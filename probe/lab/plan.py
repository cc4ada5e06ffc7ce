"""Plans a run: every campaign's transactions, grouped into lanes."""

from __future__ import annotations

import random
from collections.abc import Iterable

from fake_gateways.smtp.envelope import domain_of
from fake_gateways.units import LONGEST_S
from probe.input_error import InputError
from probe.lab.lane_runner import LaneJob
from probe.lab.prepare import PreparedScenario
from probe.scenario.companies import Company
from probe.sender.schedule import Quota, Transaction, plan


def plan_campaigns(prepared: PreparedScenario) -> list[Transaction]:
    """Return the transactions of every campaign; raises InputError for one that would last more than ten years."""
    scenario = prepared.loaded.scenario
    quota = Quota(scenario.starts.timestamp())
    zones = {domain: company.spec.time_zone for company in prepared.companies for domain in company.domains}
    planned: list[Transaction] = []
    for each in scenario.campaign:
        rng = random.Random(f"{scenario.seed}:{each.name}:plan")  # noqa: S311 - must be repeatable
        transactions = plan(
            each,
            prepared.recipients[each.name],
            scenario.sender,
            quota=quota,
            rng=rng,
            zone_of=lambda recipient: zones.get(domain_of(recipient), "UTC"),
        )
        if transactions[-1][0].at - quota.starts - each.at > LONGEST_S:
            place = f"{prepared.loaded.path}: sender.rate"
            raise InputError(place, "makes the campaign last longer than ten years", "send faster")
        planned += transactions
    return planned


def group_into_lanes(prepared: PreparedScenario, planned: Iterable[Transaction]) -> list[LaneJob]:
    """Group transactions into lanes: domains with an exchanger address in common share one."""
    by_domain: dict[str, list[Transaction]] = {}
    for transaction in planned:
        by_domain.setdefault(domain_of(transaction[0].recipient), []).append(transaction)
    if prepared.loaded.scenario.sender.smart_host is not None:
        transactions = [each for group in by_domain.values() for each in group]
        return [
            LaneJob(
                name="smart-host",
                companies=prepared.companies,
                directories=prepared.directories,
                transactions=transactions,
            )
        ]
    # Domains with an address in common form one group; ``group_of`` maps every address to its group.
    group_of: dict[str, set[str]] = {}
    for domain in by_domain:
        group = set(prepared.exchanger_addresses(domain)) or {domain}
        for address in tuple(group):
            group |= group_of.get(address, set())
        group_of.update(dict.fromkeys(group, group))
    members: dict[int, list[Company]] = {}
    for company in prepared.companies:
        if company.address in group_of:
            members.setdefault(id(group_of[company.address]), []).append(company)
    found: dict[int, list[Transaction]] = {}
    names: dict[int, str] = {}
    for domain, transactions in by_domain.items():
        number = id(group_of[next(iter(prepared.exchanger_addresses(domain)), domain)])
        found.setdefault(number, []).extend(transactions)
        names.setdefault(number, members[number][0].name if number in members else domain)
    return [
        LaneJob(
            name=names[number],
            companies=tuple(members.get(number, ())),
            directories={company.name: prepared.directories[company.name] for company in members.get(number, ())},
            transactions=transactions,
        )
        for number, transactions in found.items()
    ]
