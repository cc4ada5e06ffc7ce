"""Draws campaigns: their recipients, messages and times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simulation.worlds.draw_gateways import Site
from simulation.worlds.draw_messages import draw_message
from simulation.worlds.draw_sender import POOLS
from simulation.worlds.drawing import Drawing, Table

_ALWAYS: Final = ("email", "domain", "given_name")
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOSTILE: Final = '"=HYPERLINK(""http://x"")"'


@dataclass(frozen=True)
class Reach:
    """Who can get mail: gateways, and ``strangers``, addresses at domains that no gateway serves."""

    sites: list[Site]
    strangers: list[str]


def draw_campaigns(draw: Drawing, count: int, reach: Reach, sender: Table) -> list[Table]:
    """Return the campaigns. A retest may get a message of its own in ``sender``."""
    is_shared = sender.get("recipients_per_transaction", 1) > 1
    found: list[Table] = []
    for number in range(count):
        campaign: Table = {"name": f"{number}-{'c' * 40}" if draw.has("odd:names", 0.5) else f"campaign-{number + 1}"}
        recipients, columns = _recipients(draw, reach, number)
        if recipients:
            campaign["recipients"] = recipients
        fields = () if is_shared else (*_ALWAYS, *columns)
        campaign["message"] = _messages(draw, number, fields)
        if number and draw.has("campaign:later", 0.8):
            campaign["at"] = draw.duration(60, 1_728_000)
        pools = {ip["pool"] for ip in sender["ips"] if "pool" in ip}
        if pools and draw.rng.random() < 0.7:
            campaign["pool"] = draw.choice([pool for pool in POOLS if pool in pools])
        _hours(draw, campaign)
        found.append(campaign)
    if "retest" in sender and draw.has("sender:retest-message", 0.8):
        sender["retest"]["message"] = draw_message(draw, "plain.eml", () if is_shared else _ALWAYS)
    return found


def _messages(draw: Drawing, number: int, fields: tuple[str, ...]) -> str | list[Table]:
    count = draw.rng.randint(2, 3) if draw.has("campaign:variants", 0.7) else 1
    files = [draw_message(draw, f"message{number + 1}{letter}.eml", fields) for letter in "abc"[:count]]
    if count == 1:
        return files[0]
    return [{"file": file, "share": draw.choice((0.2, 1.0, 5))} for file in files]


def _recipients(draw: Drawing, reach: Reach, number: int) -> tuple[Table, tuple[str, ...]]:
    """Return the table ``recipients`` and the columns of its list."""
    known = [address for site in reach.sites for address in site.known]
    wants_list = draw.wants("campaign:list") or bool(reach.strangers and number == 0)
    columns: tuple[str, ...] = ()
    found: Table = {}
    listed: list[str] = []
    if wants_list and (known or reach.strangers) and (number == 0 or draw.rng.random() < 0.5):
        draw.note("campaign:list")
        listed = [*(draw.some(known, 12) if known else ()), *reach.strangers]
        draw.rng.shuffle(listed)
        columns = ("city", "Given_Name2") if draw.has("campaign:list-fields", 0.8) else ()
        found["seed_list"] = _list(draw, number, listed, columns)
    if draw.has("campaign:count", 0.6):
        others = sum(max(0, site.table["mailboxes"]["count"] - len(site.known)) for site in reach.sites)
        found["count"] = max(1, len(listed) + draw.rng.randint(0, others))
        if found["count"] > len(listed) + others:
            del found["count"]
    return found, columns


def _list(draw: Drawing, number: int, listed: list[str], columns: tuple[str, ...]) -> str:
    name = f"list{number + 1}.csv"
    cities = ("Köln", "東京", "a\u202eb", _HOSTILE, "", "<b>x</b>", 'O\'Hara; ""'.replace('""', ""))
    rows = [
        ",".join((address if draw.rng.random() < 0.8 else address.upper(), *(draw.choice(cities) for _ in columns)))
        for address in listed
    ]
    mark = "\ufeff" if draw.rng.random() < 0.2 else ""
    draw.files[name] = mark + "\r\n".join((",".join(("email", *columns)), *rows, ""))
    return name


def _hours(draw: Drawing, campaign: Table) -> None:
    kind = draw.one_of("campaign:hours", "campaign:hours-zone") if draw.rng.random() < 0.6 else None
    if kind is None:
        return
    begins, ends = sorted(draw.rng.sample(range(24 * 60), 2))
    campaign["hours"] = {
        "from": f"{begins // 60:02}:{begins % 60:02}",
        "until": f"{ends // 60:02}:{ends % 60:02}",
        "days": draw.some(_DAYS, 7),
    }
    if kind == "campaign:hours-zone":
        campaign["hours"]["zone"] = draw.choice(("Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "UTC"))
