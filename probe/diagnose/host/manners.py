"""How often a mail server may be asked: when the next connection may begin, and what may be spent in a day.

Internet.nl reports servers that allow about two connections a minute; Hardenize never tests two servers of one provider
at a time; Cisco's directory harvest prevention counts 25 unknown recipients an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from fake_gateways.policies import session_view
from fake_gateways.policies.dmarc import organizational_domain
from probe.diagnose.host.host_name import ip_or_none

DAY_S: Final = 86_400.0
"""Budgets are those of the last 24 hours, and answers are remembered that long."""
_PACE: Final = 2
_PACE_S: Final = 60.0
"""At most two connections a minute to a provider."""


class Spending(NamedTuple):
    """Connections, recipients, messages, and recipients that are guessed: of a dialogue, or the most of a day."""

    connections: int = 0
    recipients: int = 0
    messages: int = 0
    guessed: int = 0

    def plus(self, other: Spending) -> Spending:
        """Return the sum."""
        return Spending(*map(sum, zip(self, other, strict=True)))

    def beyond(self, most: Spending) -> str | None:
        """Return the name of what is more than the most, None if nothing is."""
        return next((name for name in self._fields if getattr(self, name) > getattr(most, name)), None)


class Past(NamedTuple):
    """An earlier dialogue with a provider; ``blocked_until`` if its reply spoke of a block. Seconds since the epoch."""

    at: float
    blocked_until: float | None = None


def network_of(address: str) -> str:
    """Return the network of a server: a /24, or a /48 with IPv6."""
    return session_view.network_of(address, prefix_ipv6=48)


def provider_of(host: str) -> str:
    """Return whose server it is: the organizational domain of its name, or its IP address."""
    return ip_or_none(host) or organizational_domain(host.lower())


def may_begin(past: Sequence[Past], now: float) -> float:
    """Return when the next dialogue with a provider may begin; ``past`` are those before, in the order of time.

    After a reply that speaks of a block, only one more dialogue is held until the time of the block has passed.
    """
    earliest = now
    if len(past) >= _PACE:
        earliest = max(earliest, past[-_PACE].at + _PACE_S)
    for each in past[:-1]:
        if each.blocked_until is not None and each.blocked_until > now:
            earliest = max(earliest, each.blocked_until)
    return earliest
