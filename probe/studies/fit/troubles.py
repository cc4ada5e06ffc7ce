"""What makes gateways of generated scenarios refuse: each trouble changes one [[gateway]], and mostly makes it lie."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from fake_gateways.policies import KINDS
from fake_gateways.smtp.envelope import Stage
from probe.studies.fit.vendor_words import Pool
from probe.studies.fit.vendors import draw_words

ZONE: Final = "bl.training.example"
"""The blocklist on which the sender's addresses are for a time."""
_OWN_WORDS: Final = 0.25
"""How often a lie has words of its own, which the vendor does not use for unknown users."""


@dataclass
class Group:
    """A [[gateway]] that is drawn: its table, how many hours a campaign takes, and the words there are for lies.

    ``tenant`` are the domains that troubles are limited to; empty for all of the gateway.
    """

    table: dict[str, Any]
    hours: float
    pool: Pool
    rng: random.Random
    tenant: tuple[str, ...] = ()
    _kinds: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def refuse(self, kind: str, **settings: Any) -> None:
        """Add a policy, unless the gateway has one of this kind; ``since`` stands for ``from``."""
        if any(each == kind and _meet(tenant, self.tenant) for each, tenant in self._kinds):
            return
        self._kinds.append((kind, self.tenant))
        policy = {"type": kind, **{"from" if key == "since" else key: each for key, each in settings.items()}}
        if self.tenant:
            policy["domains"] = list(self.tenant)
            if Stage.RCPT in KINDS[kind].nature.stages and policy.get("at") != "end-of-data":
                policy["at"] = "rcpt"
        self.table["policy"].append(policy)

    def has(self, kind: str) -> bool:
        """Whether the gateway has a policy of a kind."""
        return any(each == kind for each, _ in self._kinds)

    def disguise(self, cause: str) -> None:
        """Make the gateway disguise a cause, mostly as an unknown user; sometimes leave it honest."""
        if self.rng.random() >= 0.85:
            return
        claimed = self.rng.choice(["user-unknown"] * 5 + ["mailbox-disabled"])
        self.table["claims"][cause] = claimed
        if self.rng.random() < _OWN_WORDS:
            self.table["words"][cause] = draw_words(self.pool, claimed, self.rng)


Trouble = Callable[[Group, random.Random], None]


def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two policies are about a domain in common; no domains stand for all."""
    return not (one and other) or not set(one).isdisjoint(other)


def _listed(group: Group, rng: random.Random) -> None:
    group.disguise("ip-reputation")
    stage = rng.choice(["connect", "mail", "rcpt", "rcpt", None])
    group.refuse("ip-reputation", zones=[ZONE], **({"at": stage} if stage else {}))


def _quota(group: Group, rng: random.Random) -> None:
    group.disguise("ip-reputation")
    since = rng.uniform(0.1, 0.8) * group.hours
    until = since + rng.uniform(0.1, 1.5) * group.hours
    group.refuse("ip-reputation", deny=["127.10.0.0/16"], since=f"{since:.3f}h", until=f"{until:.3f}h")


def _speed(group: Group, rng: random.Random) -> None:
    group.disguise("velocity")
    each = group.table["mailboxes"]["count"] / group.table.get("companies", len(group.table.get("domains", "-")))
    minutes = rng.choice([5, 10, 30, 60])
    usual = max(1.0, each * minutes / 60 / group.hours)
    settings: dict[str, Any] = {"limit": f"{max(1, round(usual * rng.uniform(0.2, 1.1)))}/{minutes}m"}
    settings["count"] = rng.choice(["messages", "recipients", "connections"])
    settings["per"] = rng.choice([["ip"], ["/24"], ["sender-domain"]])
    if rng.random() < 0.6:
        settings["block_for"] = rng.choice(["5m", "10m", "30m", "1h", "3h"])
    group.refuse("velocity", **settings)


def _content(group: Group, rng: random.Random) -> None:
    group.disguise("content")
    refuse_at = rng.choice([2.0, 3.0, 5.0])
    share = {"share": round(rng.uniform(0.3, 0.9), 2)} if rng.random() < 0.2 else {}
    group.refuse("content", refuse_at=refuse_at, junk_at=refuse_at - 0.5, **share)


def _harvest(group: Group, rng: random.Random) -> None:
    group.disguise("directory-harvest")
    limit = f"{rng.randint(2, 15)}/{rng.choice(['10m', '1h', '3h'])}"
    group.refuse("directory-harvest", limit=limit, block_for=rng.choice(["10m", "30m", "1h", "3h"]))


def _directory(group: Group, rng: random.Random) -> None:
    if rng.random() < 0.5:
        since = rng.uniform(0.0, 0.8) * group.hours
        until = since + rng.uniform(0.05, 1.0) * group.hours
        group.refuse("recipient-verification", failing="unknown", since=f"{since:.3f}h", until=f"{until:.3f}h")
        return
    group.refuse("recipient-verification", lag=f"{rng.uniform(1, 200):.0f}h")
    group.table["mailboxes"] |= {"newcomers": round(rng.uniform(0.03, 0.3), 3), "newcomers_since": "30m"}


def _full(group: Group, rng: random.Random) -> None:
    group.disguise("mailbox-full")
    boxes = group.table["mailboxes"]
    boxes["full"] = round(min(rng.uniform(0.02, 0.2), 1.0 - boxes["departed"]), 3)


def _authentication(group: Group, rng: random.Random) -> None:
    del rng
    group.disguise("authentication")
    group.refuse("spf")


def _restricted(group: Group, rng: random.Random) -> None:
    group.disguise("policy")
    group.refuse("restricted-recipients", part=round(rng.uniform(0.02, 0.1), 3))


TROUBLES: Final[dict[str, Trouble]] = {
    "listed": _listed,
    "quota": _quota,
    "speed": _speed,
    "content": _content,
    "harvest": _harvest,
    "directory": _directory,
    "full": _full,
    "authentication": _authentication,
    "restricted": _restricted,
}
"""Troubles that have a family of their own, by its name."""


def lasting_listing(group: Group, rng: random.Random) -> None:
    """Refuse by a blocklist that keeps the sender's addresses for weeks, before and after the campaign."""
    _listed(group, rng)


def same_limit_again(group: Group, rng: random.Random) -> None:
    """Allow so few recipients an hour that tests exceed the limit as the campaign did."""
    group.disguise("velocity")
    limit = f"{rng.randint(1, 8)}/1h"
    group.refuse("velocity", limit=limit, count="recipients", per=rng.choice([["ip"], ["/24"], ["sender-domain"]]))


def long_memory(group: Group, rng: random.Random) -> None:
    """Block a sender that tried unknown recipients for longer than a week, and again when its tests try them again."""
    group.disguise("directory-harvest")
    window = rng.choice(["1h", "1d"])
    group.refuse("directory-harvest", limit=f"{rng.randint(1, 5)}/{window}", block_for=rng.choice(["1h", "8d", "15d"]))


def by_hours(group: Group, rng: random.Random) -> None:
    """Refuse during some hours of every day."""
    group.disguise("ip-reputation")
    begins = rng.randrange(7, 14)
    ends = begins + rng.randint(1, 5)
    group.refuse("ip-reputation", deny=["127.10.0.0/16"], between=[f"{begins:02}:00", f"{ends:02}:00"])


LASTING: Final[tuple[Trouble, ...]] = (lasting_listing, lasting_listing, same_limit_again, long_memory)
"""Causes that are still there when a test comes a week later."""


def bounced_for_content(group: Group, rng: random.Random) -> None:
    """Accept a disliked message, and bounce it later."""
    group.disguise("content")
    refuse_at = rng.choice([2.0, 3.0, 5.0])
    share = {"share": round(rng.uniform(0.1, 0.9), 2)} if rng.random() < 0.5 else {}
    group.refuse("content", refuse_at=refuse_at, junk_at=refuse_at - 0.5, instead="bounce", **share)


def bounced_for_an_outage(group: Group, rng: random.Random) -> None:
    """Accept everything during an outage, and bounce it later: as what it is, as expired, or as if nobody existed."""
    kind = rng.choice(["honest", "claimed", "worded"])
    if kind != "honest":
        group.table["claims"]["system"] = "user-unknown"
    if kind == "worded":
        group.table["words"]["system"] = draw_words(group.pool, "system", rng)
    since = rng.choice([0.0, rng.uniform(0.0, 0.7) * group.hours])
    until = since + rng.uniform(0.1, 1.2) * group.hours
    group.refuse(
        "recipient-verification", failing="defers", instead="bounce", since=f"{since:.3f}h", until=f"{until:.3f}h"
    )
    if rng.random() < 0.5:
        bounced_if_unknown(group, rng)


def bounced_if_unknown(group: Group, rng: random.Random) -> None:
    """Accept everybody, and bounce mail to unknown recipients later, as honest servers without a directory do."""
    del rng
    group.refuse("directory", instead="bounce")


LATE: Final[tuple[Trouble, ...]] = (bounced_for_content, bounced_for_an_outage)
"""Reports that lie."""
