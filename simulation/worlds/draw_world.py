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
from simulation.worlds.world import World

_STARTS: Final = (
    datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
    datetime(2026, 3, 27, 22, 30, tzinfo=UTC),  # a weekend on which clocks change in Europe
    datetime(2026, 10, 31, 5, 0, tzinfo=UTC),  # and one in America
    datetime(1999, 12, 31, 23, 50, tzinfo=UTC),
)


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
        "title": "A world by seed",
        "story": f"Drawn by simulation/worlds from the seed {seed}.",
        "seed": draw.rng.randrange(2**31),
        "clock": "virtual",
        "starts": draw.choice(_STARTS),
        **({"absent_domains": absent} if absent else {}),
        **draw_judging(draw),
        "sender": sender,
        "campaign": draw_campaigns(draw, campaigns, Reach(sites, strangers), sender),
        "gateway": [site.table for site in sites],
    }
    records += draw_standing(draw, [ip["address"] for ip in sender["ips"]])
    if records:
        scenario["dns"] = records
    if "key" in sender.get("dkim", {}):
        draw.files[sender["dkim"]["key"]] = (resources.files("simulation.worlds") / "dkim.pem").read_text("ascii")
    return World(seed, frozenset(draw.features), scenario, draw.files)
