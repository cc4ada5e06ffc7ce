"""Plans a run: every campaign's transactions, grouped into lanes."""

from __future__ import annotations

import random

from fake_gateways.units import LONGEST_S
from probe.input_error import InputError
from probe.lab.lane_job import LaneJob
from probe.lab.prepare import PreparedScenario
from probe.scenario.companies import Company
from probe.sender.lane_schedule import LaneSchedule
from probe.sender.schedule import Quota, plan


def plan_lanes(prepared: PreparedScenario) -> list[LaneJob]:
    """Plan every campaign, and return the lanes; raises InputError for a campaign of more than ten years."""
    return _group_into_lanes(prepared, _plan_by_domain(prepared))


def _plan_by_domain(prepared: PreparedScenario) -> dict[str, LaneSchedule]:
    """Return the planned transactions of every campaign, by the domain of their recipients."""
    scenario = prepared.loaded.scenario
    quota = Quota(scenario.starts.timestamp())
    zones = {domain: company.spec.time_zone for company in prepared.companies for domain in company.domains}
    source_of = {ip.address: index for index, ip in enumerate(scenario.sender.ips)}
    by_domain: dict[str, LaneSchedule] = {}
    for index, each in enumerate(scenario.campaign):
        recipients = prepared.recipients[each.name]
        last = quota.starts
        for due in plan(
            each,
            len(recipients.numbers),
            scenario.sender,
            quota=quota,
            rng=random.Random(f"{scenario.seed}:{each.name}:plan"),  # noqa: S311 - must be repeatable
            domain_of_place=recipients.domain,
            zone_of=lambda domain: zones.get(domain, "UTC"),
        ):
            last = due.at
            domain = recipients.domain(due.places[0])
            schedule = by_domain.get(domain)
            if schedule is None:
                schedule = by_domain[domain] = LaneSchedule()
            schedule.add(index, due, source_of[due.source], [recipients.numbers[place] for place in due.places])
        if last - quota.starts - each.at > LONGEST_S:
            place = f"{prepared.loaded.path}: sender.rate"
            raise InputError(place, "makes the campaign last longer than ten years", "send faster")
    return by_domain


def _group_into_lanes(prepared: PreparedScenario, by_domain: dict[str, LaneSchedule]) -> list[LaneJob]:
    """Group transactions into lanes: domains with an exchanger address or a company in common share one."""
    if prepared.loaded.scenario.sender.smart_host is not None:
        schedule = LaneSchedule()
        for each in by_domain.values():
            schedule.extend(each)
        return [prepared.lane_job("smart-host", prepared.companies, schedule)]
    # A company's domains need its mailboxes, even those whose MX is null or another company's.
    company_at = {domain: company.address for company in prepared.companies for domain in company.domains}
    # Domains with an address in common form one group; ``group_of`` maps every address to its group.
    group_of: dict[str, set[str]] = {}
    for domain in by_domain:
        group = {company_at.get(domain, domain), *prepared.exchanger_addresses(domain)}
        for address in tuple(group):
            group |= group_of.get(address, set())
        group_of.update(dict.fromkeys(group, group))
    members: dict[int, list[Company]] = {}
    for company in prepared.companies:
        if company.address in group_of:
            members.setdefault(id(group_of[company.address]), []).append(company)
    found: dict[int, LaneSchedule] = {}
    names: dict[int, str] = {}
    for domain, schedule in by_domain.items():
        number = id(group_of[company_at.get(domain, domain)])
        if number in found:
            found[number].extend(schedule)
        else:
            found[number] = schedule
        names.setdefault(number, members[number][0].name if number in members else domain)
    return [
        prepared.lane_job(names[number], tuple(members.get(number, ())), schedule) for number, schedule in found.items()
    ]
