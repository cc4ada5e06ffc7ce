"""Schedules a campaign: when each message is due, and from which source address.

Rate, warm-up, sending hours and message variants decide.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from probe.scenario.sending import RECIPIENT, Campaign, Hours, Sender, SourceAddress

_DAY_S: Final = 86_400.0
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS_LOOKED_AT: Final = 15
"""Today and two weeks. On one day of a week daylight saving time may skip the sending hours."""


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


class Due(NamedTuple):
    """A transaction that is due ``at`` a time (seconds since the epoch) from the address ``source``.

    ``places`` are those of its recipients in the campaign; ``variant`` is the index of the campaign's message.
    """

    at: float
    source: str
    places: tuple[int, ...]
    variant: int


def plan(
    campaign: Campaign,
    recipients: int,
    sender: Sender,
    *,
    quota: Quota,
    rng: random.Random,
    domain_of_place: Callable[[int], str],
    zone_of: Callable[[str], str] = lambda _: "UTC",
) -> Iterator[Due]:
    """Yield a campaign's transactions in sending order.

    The sender's rate decides when each is due; the source address and the message are drawn by their shares. Recipients
    of one domain share a transaction if the sender sends to several at once. ``recipients`` is how many there are in
    the campaign, in sending order, ``domain_of_place`` returns the domain of one, ``zone_of`` a domain's time zone.
    """
    pool = [ip for ip in sender.ips if campaign.pool in {None, ip.pool}]
    sources = rng.choices(pool, [ip.share for ip in pool], k=recipients)
    variants: Sequence[int] = bytes(recipients)
    if len(campaign.message) > 1:
        shares = [variant.share for variant in campaign.message]
        variants = rng.choices(range(len(shares)), shares, k=recipients)
    groups = _groups(recipients, variants, sender.recipients_per_transaction, domain_of_place)
    waiting = _by_zone(groups, campaign.hours, lambda place: zone_of(domain_of_place(place)))
    every_s = sender.rate.seconds / sender.rate.most
    base, sent = quota.starts + campaign.at, 0
    warms_up = any(ip.warm_up for ip in pool)
    while waiting:
        at = base + sent * every_s
        queue = waiting[0]
        opens = at
        if queue.hours is not None:
            opens = min(each.opens(at) for each in waiting)
            queue = min((each for each in waiting if each.opens(at) == opens), key=lambda each: each.next)
        group = queue.next
        source = sources[group[0]]
        if warms_up:
            if quota.left(source, opens) < len(group):
                source = max(pool, key=lambda ip: quota.left(ip, opens))
            if quota.left(source, opens) < len(group):
                base, sent = quota.tomorrow(opens), 0
                continue
            quota.use(source.address, opens, len(group))
        if opens > at:
            base, sent = opens, 0
        sent += len(group)
        yield Due(opens, source.address, group, variants[group[0]])
        if not queue.advance():
            waiting.remove(queue)


class _ZoneQueue:
    """The transactions to one time zone that are not planned yet; ``next`` is the first of them."""

    def __init__(self, hours: OfficeHours | None, groups: Iterator[tuple[int, ...]]) -> None:
        self.hours = hours
        self._groups = groups
        self.next: tuple[int, ...] = ()

    def opens(self, at: float) -> float:
        """Return the first moment, ``at`` or later, when mail may be sent."""
        return at if self.hours is None else self.hours.opens(at)

    def advance(self) -> bool:
        """Go to the next transaction; return whether there is one."""
        self.next = next(self._groups, ())
        return bool(self.next)


def _groups(
    recipients: int, variants: Sequence[int], most: int, domain_of_place: Callable[[int], str]
) -> Iterator[tuple[int, ...]]:
    """Group recipients of one domain and message into transactions, ordered by the first recipient of each."""
    if most == 1:
        return ((place,) for place in range(recipients))
    groups: list[list[int]] = []
    unfilled: dict[tuple[str, int], list[int]] = {}
    for place in range(recipients):
        key = (domain_of_place(place), variants[place])
        group = unfilled.get(key)
        if group is None or len(group) == most:
            group = unfilled[key] = []
            groups.append(group)
        group.append(place)
    return map(tuple, groups)


def _by_zone(
    groups: Iterator[tuple[int, ...]], hours: Hours | None, zone_of_place: Callable[[int], str]
) -> list[_ZoneQueue]:
    """Return a queue of transactions for each time zone, with the hours of that zone."""
    if hours is None:
        queues = [_ZoneQueue(None, groups)]
    elif hours.zone != RECIPIENT:
        queues = [_ZoneQueue(OfficeHours(hours, hours.zone), groups)]
    else:
        by_zone: dict[str, list[tuple[int, ...]]] = {}
        for group in groups:
            by_zone.setdefault(zone_of_place(group[0]), []).append(group)
        queues = [_ZoneQueue(OfficeHours(hours, zone), iter(of_zone)) for zone, of_zone in by_zone.items()]
    return [queue for queue in queues if queue.advance()]
