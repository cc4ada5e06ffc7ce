"""Schedules a campaign: when each message is due, and from which source address.

Rate, warm-up, sending hours and message variants decide.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fake_gateways.smtp.envelope import domain_of
from probe.scenario.sending import RECIPIENT, Campaign, Hours, Sender, SourceAddress
from probe.sender.recipients import Delivery, ListEntry, merge_fields

_DAY_S: Final = 86_400.0
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS_LOOKED_AT: Final = 15
"""Today and two weeks. On one day of a week daylight saving time may skip the sending hours."""
Transaction = tuple[Delivery, ...]


class OfficeHours:
    """The hours in which mail may be sent, in one time zone."""

    def __init__(self, hours: Hours, zone: str) -> None:
        self._hours = hours
        self._zone = ZoneInfo(zone)
        self._open = (0.0, 0.0)

    def opens(self, at: float) -> float:
        """Return the first moment, ``at`` or later, that is within the hours (seconds since the epoch)."""
        while at >= self._open[1]:
            self._open = self._next(max(at, self._open[1]))
        return max(at, self._open[0])

    def _next(self, at: float) -> tuple[float, float]:
        """Return begin and end of the hours that contain a moment, or of the next ones."""
        today = datetime.fromtimestamp(at, self._zone).date()
        for ahead in range(_DAYS_LOOKED_AT):
            day = today + timedelta(days=ahead)
            if _DAYS[day.weekday()] not in self._hours.days:
                continue
            opens, closes = (
                datetime.combine(day, moment, self._zone).timestamp()
                for moment in (self._hours.since, self._hours.until)
            )
            if at < closes and opens < closes:
                return opens, closes
        msg = "daylight saving time does not begin twice within two weeks"
        raise AssertionError(msg)


@dataclass
class Quota:
    """Counts what each source address has sent on each day of the scenario. All campaigns share it."""

    starts: float
    sent: Counter[tuple[str, int]] = field(default_factory=Counter)

    def left(self, ip: SourceAddress, at: float) -> float:
        """Return how many more messages an address may send on the day of a moment, by its warm-up."""
        day = self._day(at)
        return ip.warm_up[day] - self.sent[ip.address, day] if day < len(ip.warm_up) else float("inf")

    def use(self, address: str, at: float, messages: int) -> None:
        """Count messages that an address sends."""
        self.sent[address, self._day(at)] += messages

    def tomorrow(self, at: float) -> float:
        """Return when the next day of the scenario begins."""
        return self.starts + (self._day(at) + 1) * _DAY_S

    def _day(self, at: float) -> int:
        return int((at - self.starts) // _DAY_S)


def plan(
    campaign: Campaign,
    recipients: Sequence[ListEntry],
    sender: Sender,
    *,
    quota: Quota,
    rng: random.Random,
    zone_of: Callable[[str], str] = lambda _: "UTC",
) -> list[Transaction]:
    """Return a campaign's transactions in sending order.

    The sender's rate decides when each is due; the source address and the message are drawn by their shares. Recipients
    of one domain share a transaction if the sender sends to several at once. ``zone_of`` returns a recipient's time
    zone. ``recipients`` are in sending order.
    """
    pool = [ip for ip in sender.ips if campaign.pool in {None, ip.pool}]
    sources = rng.choices(pool, [ip.share for ip in pool], k=len(recipients))
    variants = [0] * len(recipients)
    if len(campaign.message) > 1:
        shares = [variant.share for variant in campaign.message]
        variants = rng.choices(range(len(shares)), shares, k=len(recipients))
    groups = _groups(recipients, variants, sender.recipients_per_transaction)
    waiting = _by_zone(groups, recipients, campaign.hours, zone_of)
    every_s = sender.rate.seconds / sender.rate.most
    base, sent = quota.starts + campaign.at, 0
    planned = []
    while waiting:
        at = base + sent * every_s
        opens = min(hours.opens(at) if hours else at for hours, _ in waiting)
        queue = min(
            (queue for hours, queue in waiting if not hours or hours.opens(at) == opens), key=lambda queue: queue[0]
        )
        group = queue[0]
        source = sources[group[0]]
        if quota.left(source, opens) < len(group):
            source = max(pool, key=lambda ip: quota.left(ip, opens))
        if quota.left(source, opens) < len(group):
            base, sent = quota.tomorrow(opens), 0
            continue
        if opens > at:
            base, sent = opens, 0
        queue.popleft()
        waiting = [(hours, queue) for hours, queue in waiting if queue]
        quota.use(source.address, opens, len(group))
        sent += len(group)
        planned.append(
            tuple(
                Delivery(
                    campaign=campaign.name,
                    number=number,
                    recipient=recipients[number].address,
                    at=opens,
                    source=source.address,
                    fields=merge_fields(recipients[number]),
                    variant=variants[number],
                    shares=sender.recipients_per_transaction > 1,
                )
                for number in group
            )
        )
    return planned


def _groups(recipients: Sequence[ListEntry], variants: Sequence[int], most: int) -> list[tuple[int, ...]]:
    """Group recipients of one domain and message into transactions, ordered by the first recipient of each."""
    if most == 1:
        return [(number,) for number in range(len(recipients))]
    groups: list[list[int]] = []
    unfilled: dict[tuple[str, int], list[int]] = {}
    for number, listed in enumerate(recipients):
        key = (domain_of(listed.address), variants[number])
        group = unfilled.get(key)
        if group is None or len(group) == most:
            group = unfilled[key] = []
            groups.append(group)
        group.append(number)
    return [tuple(group) for group in groups]


def _by_zone(
    groups: Sequence[tuple[int, ...]],
    recipients: Sequence[ListEntry],
    hours: Hours | None,
    zone_of: Callable[[str], str],
) -> list[tuple[OfficeHours | None, deque[tuple[int, ...]]]]:
    """Return a queue of transactions for each time zone, with the hours of that zone."""
    if hours is None:
        return [(None, deque(groups))] if groups else []
    queues: dict[str, deque[tuple[int, ...]]] = {}
    for group in groups:
        zone = zone_of(recipients[group[0]].address) if hours.zone == RECIPIENT else hours.zone
        queues.setdefault(zone, deque()).append(group)
    return [(OfficeHours(hours, zone), queue) for zone, queue in queues.items()]
