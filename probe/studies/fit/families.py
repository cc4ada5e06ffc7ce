"""Families of scenarios to fit on: random companies, filters, lies and senders, each family with one kind of trouble.

No shipped scenario is used for fitting. The ranges are wide on purpose: from one mailbox to some hundreds, turnover
from none to a quarter, lies from none to all.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from fake_gateways import persona

_ZONE: Final = "bl.training.example"
_UNLIKE: Final = 0.25
"""How companies differ: a list ages alike everywhere, at most companies within a quarter of the mean."""


class People(NamedTuple):
    """The shares of a list's recipients that are gone, that leave in a year, and that open their mail."""

    departed: float
    turnover: float
    opens: float


Group = dict[str, Any]
"""A [[gateway]] of a scenario."""


def _listed(group: Group, rng: random.Random) -> None:
    _disguise(group, "ip-reputation", rng)
    stage = rng.choice(["connect", "mail", "rcpt", "rcpt", None])
    group["policy"].append({"type": "ip-reputation", "zones": [_ZONE], **({"at": stage} if stage else {})})


def _quota(group: Group, rng: random.Random) -> None:
    _disguise(group, "ip-reputation", rng)
    since = rng.uniform(0.1, 0.8) * group["hours"]
    until = since + rng.uniform(0.1, 1.5) * group["hours"]
    policy = {"type": "ip-reputation", "deny": ["127.10.0.0/16"], "from": f"{since:.3f}h", "until": f"{until:.3f}h"}
    group["policy"].append(policy)


def _speed(group: Group, rng: random.Random) -> None:
    _disguise(group, "velocity", rng)
    each = group["mailboxes"]["count"] / group["companies"]
    minutes = rng.choice([5, 10, 30, 60])
    usual = max(1.0, each * minutes / 60 / group["hours"])
    policy: Group = {"type": "velocity", "limit": f"{max(1, round(usual * rng.uniform(0.2, 1.1)))}/{minutes}m"}
    policy["count"] = rng.choice(["messages", "recipients", "connections"])
    policy["per"] = rng.choice([["ip"], ["/24"], ["sender-domain"]])
    if rng.random() < 0.6:
        policy["block_for"] = rng.choice(["5m", "10m", "30m", "1h", "3h"])
    group["policy"].append(policy)


def _content(group: Group, rng: random.Random) -> None:
    _disguise(group, "content", rng)
    refuse_at = rng.choice([2.0, 3.0, 5.0])
    policy: Group = {"type": "content", "refuse_at": refuse_at, "junk_at": refuse_at - 0.5}
    if rng.random() < 0.2:
        policy["share"] = round(rng.uniform(0.3, 0.9), 2)
    group["policy"].append(policy)


def _harvest(group: Group, rng: random.Random) -> None:
    _disguise(group, "directory-harvest", rng)
    block = rng.choice(["10m", "30m", "1h", "3h"])
    limit = f"{rng.randint(2, 15)}/{rng.choice(['10m', '1h', '3h'])}"
    group["policy"].append({"type": "directory-harvest", "limit": limit, "block_for": block})


def _directory(group: Group, rng: random.Random) -> None:
    policy: Group = {"type": "recipient-verification"}
    if rng.random() < 0.5:
        policy["failing"] = "unknown"
        since = rng.uniform(0.0, 0.8) * group["hours"]
        policy |= {"from": f"{since:.3f}h", "until": f"{since + rng.uniform(0.05, 1.0) * group['hours']:.3f}h"}
    else:
        policy["lag"] = f"{rng.uniform(1, 200):.0f}h"
        group["mailboxes"] |= {"newcomers": round(rng.uniform(0.03, 0.3), 3), "newcomers_since": "30m"}
    group["policy"].append(policy)


def _full(group: Group, rng: random.Random) -> None:
    _disguise(group, "mailbox-full", rng)
    group["mailboxes"]["full"] = round(rng.uniform(0.02, 0.2), 3)


def _authentication(group: Group, rng: random.Random) -> None:
    _disguise(group, "authentication", rng)
    group["policy"].append({"type": "spf"})


def _restricted(group: Group, rng: random.Random) -> None:
    _disguise(group, "policy", rng)
    group["policy"].append({"type": "restricted-recipients", "part": round(rng.uniform(0.02, 0.1), 3)})


def _greylist(group: Group, rng: random.Random) -> None:
    del rng
    group["policy"].append({"type": "greylisting"})


def _later(group: Group, rng: random.Random) -> None:
    group["policy"].append({"type": "directory", "instead": "bounce"})
    group["mailboxes"]["full"] = round(rng.uniform(0.0, 0.03), 3)


def _at_end(group: Group, rng: random.Random) -> None:
    del rng
    group["policy"].append({"type": "directory", "at": "end-of-data"})


TROUBLES: Final[dict[str, Callable[[Group, random.Random], None]]] = {
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
"""What makes a gateway refuse, by the name of the family."""
_HABITS: Final = (_greylist, _later, _at_end)
FAMILIES: Final = (*TROUBLES, "mixed", "honest")
RARE: Final = {"restricted": 0.1, "full": 0.2, "directory": 0.3}
"""The importance of a case in some families; in all others it is 1.

Servers that always refuse a few living recipients are documented but rare: senders who measured it found about 5 % of
refusals to be wrong, filters included (MarketingSherpa), and SpamExperts describes one such case in its knowledge base.
With equal importance every sixth single "user unknown" would be a lie.
"""


def scenario(family: str, seed: int) -> dict[str, Any]:
    """Return a scenario of a family as its file would hold it; the same seed gives the same scenario.

    In half of them the sender retests every refused recipient.
    """
    rng = random.Random(f"{seed}:{family}")  # noqa: S311 - must be repeatable
    hours = rng.choice([0.5, 1.0, 2.0, 4.0, 8.0])
    ips = [f"127.10.{rng.choice([0, number])}.{number + 1}" for number in range(rng.choice([1, 1, 2, 2, 3]))]
    # A list ages as a whole, and only an aged list meets filters that count unknown recipients.
    aged = rng.choice([2.0, 3.0, 5.0]) if family == "harvest" else rng.choice([1.0, 1.0, 1.0, 3.0])
    people = People(
        departed=aged * min(0.25, rng.lognormvariate(-3.3, 0.5)),
        turnover=rng.choice([0.0, 0.1, 0.16, 0.3]),
        opens=rng.choice([0.0, 0.2, 0.4]),
    )
    groups = [_group(number, family, hours, people, rng) for number in range(rng.randint(4, 10))]
    count = sum(group["mailboxes"]["count"] for group in groups)
    times = rng.choice([1, 1, 1, 2, 3])
    sender: dict[str, Any] = {
        "helo": "mta1.messenger.example",
        "return_path": "bounce.messenger.example",
        "ips": [_source(each, hours, rng) for each in ips],
        "rate": f"{max(1, round(count))}/{hours}h",
        "connections_per_gateway": rng.choice([1, 2, 4]),
    }
    if rng.random() < 0.5:
        after = rng.choice(["1d", "3d", "7d"])
        sender["retest"] = {"after": after, "message": "plain.eml", "who": "refused", "rate": "20/1h"}
    letters = rng.choice([["tracked.eml"], ["tracked.eml"], ["tracked.eml", "plain.eml"], ["plain.eml"]])
    if family == "content" and letters == ["plain.eml"]:
        letters = ["tracked.eml"]
    gap = rng.choice([14, 30, 91, 182])
    return {
        "schema": 1,
        "name": f"{family}-{seed}",
        "title": f"made for fitting: {family}",
        "seed": seed,
        "starts": "2026-03-02T08:00:00Z",
        "sender": sender,
        "campaign": [
            {"name": f"letter-{number}", "message": [{"file": each} for each in letters], "at": f"{number * gap}d"}
            for number in range(times)
        ],
        "gateway": [{key: value for key, value in group.items() if key != "hours"} for group in groups],
        "dns": _sender_policy(ips, hours, rng) if family == "authentication" or rng.random() < 0.1 else [],
    }


def _group(number: int, family: str, hours: float, people: People, rng: random.Random) -> Group:
    companies = rng.randint(1, 12)
    count = max(companies, round(companies * 10 ** rng.uniform(0.0, 2.3)))
    group: Group = {
        "name": f"group-{number}",
        "persona": rng.choice(persona.names()),
        "companies": companies,
        "hours": hours,
        "lies": rng.choice([1.0, 1.0, 0.9, 0.7, 0.5]),
        "claims": {},
        "policy": [],
        "mailboxes": {
            "count": min(count, 900),
            "departed": round(min(0.3, people.departed * rng.lognormvariate(0.0, _UNLIKE)), 4),
            "full": rng.choice([0.0, 0.0, 0.01, 0.02]),
            "turnover": round(min(0.6, people.turnover * rng.lognormvariate(0.0, _UNLIKE)), 4),
            "opens": people.opens,
            "catch_all": rng.random() < 0.05,
        },
    }
    troubled = family != "honest" and (number == 0 or rng.random() < 0.5)
    if troubled:
        names = rng.sample(list(TROUBLES), rng.randint(1, 3)) if family == "mixed" else [family]
        for name in names:
            TROUBLES[name](group, rng)
        group["policy"] = list({each["type"]: each for each in group["policy"]}.values())
    elif rng.random() < 0.4:
        TROUBLES[rng.choice(list(TROUBLES))](group, rng)
        group["claims"] = {}
    if rng.random() < 0.25 and not any(each["type"] == "directory" for each in group["policy"]):
        rng.choice(_HABITS)(group, rng)
    return group


def _disguise(group: Group, cause: str, rng: random.Random) -> None:
    """Make the group disguise a cause, mostly as an unknown user; sometimes leave it honest."""
    if rng.random() < 0.85:
        group["claims"][cause] = rng.choice(["user-unknown"] * 5 + ["mailbox-disabled"])


def _source(address: str, hours: float, rng: random.Random) -> dict[str, Any]:
    source: dict[str, Any] = {"address": address, "share": rng.choice([1, 1, 2, 3])}
    if rng.random() < 0.6:
        since = rng.choice([0.0, rng.uniform(0.05, 0.8) * hours])
        stay: dict[str, Any] = {"zone": _ZONE, "from": f"{since:.3f}h"}
        if rng.random() < 0.6:
            stay["until"] = f"{since + rng.uniform(0.1, 1.2) * hours:.3f}h"
        source["listed"] = [stay]
    return source


def _sender_policy(ips: list[str], hours: float, rng: random.Random) -> list[dict[str, str]]:
    """Return two SPF records; the second leaves an address out."""
    since = f"{rng.uniform(0.1, 0.7) * hours:.3f}h"
    name = {"name": "bounce.messenger.example", "type": "TXT"}
    all_of_them = " ".join(f"ip4:{each}" for each in ips)
    rest = " ".join(f"ip4:{each}" for each in ips[:-1])
    return [
        {**name, "value": f'"v=spf1 {all_of_them} -all"', "until": since},
        {**name, "value": f'"v=spf1 {rest} -all"'.replace("  ", " "), "from": since},
    ]
