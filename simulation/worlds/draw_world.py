"""Draws a whole world by its seed."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources
from typing import Any, Final

from simulation.worlds.draw_campaigns import Reach, draw_campaigns
from simulation.worlds.draw_dns import draw_standing, draw_ways
from simulation.worlds.draw_gateways import draw_gateways
from simulation.worlds.draw_judging import draw_judging
from simulation.worlds.draw_sender import draw_sender
from simulation.worlds.drawing import Drawing
from simulation.worlds.names import ODD_WORDS
from simulation.worlds.world import World

_STARTS: Final = (
    datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
    datetime(2026, 3, 27, 22, 30, tzinfo=UTC),  # a weekend on which clocks change in Europe
    datetime(2026, 10, 31, 5, 0, tzinfo=UTC),  # and one in America
    datetime(1999, 12, 31, 23, 50, tzinfo=UTC),
)
_ODD_STARTS: Final = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),
    datetime(2100, 12, 31, 12, 0, tzinfo=UTC),
)
_ODD_SEEDS: Final = (0, -1, 2**63 - 1, -(2**63), 550)


def draw_world(seed: str) -> World:
    """Return the world of a seed: always the same."""
    draw = Drawing(seed)
    campaigns = draw.rng.randint(2, 3) if draw.has("campaign:several") else 1
    sites = draw_gateways(draw, campaigns)
    records, absent, strangers = draw_ways(draw, sites)
    sender = draw_sender(draw, sites)
    scenario: dict[str, Any] = {
        "schema": 1,
        "name": "world",
        "title": draw.choice(ODD_WORDS) if draw.has("odd:words") else "A world by seed",
        "story": f"Drawn by simulation/worlds from the seed {seed}.",
        "seed": draw.choice(_ODD_SEEDS) if draw.has("odd:seed") else draw.rng.randrange(2**31),
        "clock": "virtual",
        "starts": draw.choice(_ODD_STARTS if draw.has("odd:times") else _STARTS),
        **({"absent_domains": absent} if absent else {}),
        **draw_judging(draw),
        "sender": sender,
        "campaign": draw_campaigns(draw, campaigns, Reach(sites, strangers), sender),
        "gateway": [site.table for site in sites],
    }
    records += draw_standing(draw, sender["helo"], [ip["address"] for ip in sender["ips"]])
    if records:
        scenario["dns"] = records
    if "key" in sender.get("dkim", {}):
        draw.files[sender["dkim"]["key"]] = (resources.files("simulation.worlds") / "dkim.pem").read_text("ascii")
    return World(seed, frozenset(draw.features), scenario, draw.files)
