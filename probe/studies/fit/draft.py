"""A scenario that is being drawn: its sender, its campaigns and its gateways."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from fake_gateways import persona
from probe.studies.fit.troubles import ZONE, Group
from probe.studies.fit.vendor_words import Pool
from probe.studies.fit.vendors import Vendor, draw_vendor

_UNLIKE: Final = 0.25
"""How groups of companies differ on top: a list ages much alike everywhere."""
_MOST: Final = 600
"""Mailboxes of a group, at most, in all campaigns together."""


class People(NamedTuple):
    """The shares of a list's recipients that are gone, that leave in a year, and that open their mail.

    ``varies`` says how much companies differ in the first two.
    """

    departed: float
    turnover: float
    opens: float
    varies: float


@dataclass
class Draft:
    """What is drawn once for a scenario, and the gateways as they are added.

    ``made_up`` is the share of gateways with a made-up vendor. ``retested`` is the chance that the sender tests again.
    ``listing`` says when its addresses are on the blocklist: for a part of a campaign, for weeks, or over campaigns.
    """

    rng: random.Random
    pool: Pool
    people: People
    hours: float
    campaigns: int
    gap_days: int
    made_up: float = 0.4
    retested: float = 0.5
    listing: str = "campaign"
    sources: int = 1
    groups: list[Group] = field(default_factory=list)
    dns: list[dict[str, Any]] = field(default_factory=list)
    vendors: list[Vendor] = field(default_factory=list)

    @property
    def span_days(self) -> int:
        """The days from the first campaign to the last."""
        return (self.campaigns - 1) * self.gap_days

    def companies(self, count: int, companies: int, *, equal: bool = False) -> Group:
        """Add companies with so many mailboxes together, each with a gateway of its own."""
        where: dict[str, Any] = {"companies": companies, **({"sizes": "equal"} if equal else {})}
        return self._group(max(companies, min(count, _MOST // self.campaigns)), where)

    def some_companies(self) -> Group:
        """Add one to twelve companies of any size."""
        companies = self.rng.randint(1, 12)
        return self.companies(round(companies * 10 ** self.rng.uniform(0.0, 2.0)), companies)

    def exchanger(self, count: int, tenants: int = 1) -> Group:
        """Add one gateway for so many domains."""
        number = len(self.groups)
        domains = [f"site-{number}-{tenant}.example" for tenant in range(tenants)]
        return self._group(max(tenants, min(count, _MOST // self.campaigns)), {"domains": domains})

    def _group(self, count: int, where: dict[str, Any]) -> Group:
        rng, people = self.rng, self.people
        table: dict[str, Any] = {
            "name": f"group-{len(self.groups)}",
            "persona": self._vendor(),
            **where,
            "lies": rng.choice([1.0, 1.0, 0.9, 0.7, 0.5]),
            "claims": {},
            "words": {},
            "policy": [],
            "mailboxes": {
                "count": count,
                "departed": round(min(0.6, people.departed * rng.lognormvariate(0.0, _UNLIKE)), 4),
                "full": rng.choice([0.0, 0.0, 0.01, 0.02]),
                "turnover": round(min(0.9, people.turnover * rng.lognormvariate(0.0, _UNLIKE)), 4),
                "varies": people.varies,
                "opens": people.opens,
                "catch_all": rng.random() < 0.05,
            },
        }
        found = Group(table, self.hours, self.pool, rng)
        self.groups.append(found)
        return found

    def _vendor(self) -> str:
        if self.rng.random() >= self.made_up:
            return self.rng.choice(persona.names())
        if len(self.vendors) < 2 or self.rng.random() < 0.3:
            self.vendors.append(draw_vendor(self.pool, self.rng))
        return self.rng.choice(self.vendors).file

    def tables(self) -> dict[str, Any]:
        """Return the scenario's tables, without those that name it."""
        rng = self.rng
        ips = [f"127.10.{rng.choice([0, number])}.{number + 1}" for number in range(self.sources)]
        count = sum(group.table["mailboxes"]["count"] for group in self.groups)
        sender: dict[str, Any] = {
            "helo": "mta1.messenger.example",
            "return_path": "bounce.messenger.example",
            "ips": [self._source(each) for each in ips],
            "rate": f"{max(1, round(count))}/{self.hours}h",
            "connections_per_gateway": rng.choice([1, 2, 4]),
        }
        if rng.random() < self.retested:
            after = rng.choice(["1d", "3d", "7d", "7d"])
            rate = rng.choice(["8/1h", "20/1h"])
            sender["retest"] = {"after": after, "message": "plain.eml", "who": "refused", "rate": rate}
        letters = rng.choice([["tracked.eml"], ["tracked.eml"], ["tracked.eml", "plain.eml"], ["plain.eml"]])
        if letters == ["plain.eml"] and any(group.has("content") for group in self.groups):
            letters = ["tracked.eml"]
        asked = any(group.has("spf") for group in self.groups)
        return {
            "starts": "2026-03-02T08:00:00Z",
            "sender": sender,
            "campaign": [
                {
                    "name": f"letter-{number}",
                    "message": [{"file": each} for each in letters],
                    "at": f"{number * self.gap_days}d",
                }
                for number in range(self.campaigns)
            ],
            "gateway": [group.table for group in self.groups],
            "dns": self.dns + (self._sender_policy(ips) if asked or rng.random() < 0.1 else []),
        }

    def _source(self, address: str) -> dict[str, Any]:
        rng = self.rng
        source: dict[str, Any] = {"address": address, "share": rng.choice([1, 1, 2, 3])}
        if self.listing == "campaign" and rng.random() >= 0.6:
            return source
        since = rng.choice([0.0, rng.uniform(0.05, 0.8) * self.hours])
        lasts = rng.uniform(0.1, 1.2) * self.hours
        if self.listing == "weeks":
            lasts = rng.uniform(8, 60) * 24.0
        elif self.listing == "campaigns":
            since = rng.uniform(0.0, self.span_days) * 24.0
            lasts = rng.uniform(0.5, 1.5) * self.gap_days * 24.0
        stay: dict[str, Any] = {"zone": ZONE, "from": f"{since:.3f}h"}
        if rng.random() < 0.7:
            stay["until"] = f"{since + lasts:.3f}h"
        source["listed"] = [stay]
        return source

    def _sender_policy(self, ips: list[str]) -> list[dict[str, Any]]:
        """Return two SPF records; the second leaves an address out."""
        since = f"{self.rng.uniform(0.1, 0.7) * self.hours:.3f}h"
        name = {"name": "bounce.messenger.example", "type": "TXT"}
        all_of_them = " ".join(f"ip4:{each}" for each in ips)
        rest = " ".join(f"ip4:{each}" for each in ips[:-1])
        return [
            {**name, "value": f'"v=spf1 {all_of_them} -all"', "until": since},
            {**name, "value": f'"v=spf1 {rest} -all"'.replace("  ", " "), "from": since},
        ]
