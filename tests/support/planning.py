"""Plans a campaign to listed recipients, as the lanes do it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from fake_gateways.smtp.envelope import domain_of
from probe.scenario.sending import Campaign, Sender
from probe.sender.lane_schedule import LaneSchedule, Transaction
from probe.sender.recipients import ListEntry
from probe.sender.schedule import Quota, plan


def transactions_to(
    listed: Sequence[ListEntry],
    campaign: Campaign,
    sender: Sender,
    *,
    quota: Quota,
    rng: random.Random,
    zone_of: Callable[[str], str] = lambda _: "UTC",
) -> list[Transaction]:
    """Return the transactions of a campaign in order of time."""
    sources = [ip.address for ip in sender.ips]
    schedule = LaneSchedule()
    for due in plan(
        campaign,
        len(listed),
        sender,
        quota=quota,
        rng=rng,
        domain_of_place=lambda place: domain_of(listed[place].address),
        zone_of=zone_of,
    ):
        schedule.add(0, due, sources.index(due.source), due.places)
    return list(
        schedule.transactions(
            [campaign.name], sources, listed.__getitem__, shares=sender.recipients_per_transaction > 1
        )
    )
