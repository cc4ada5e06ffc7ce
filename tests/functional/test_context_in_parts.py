"""The classifier ``context`` on shipped scenarios: part by part, in any order, as with the whole campaign at once."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from probe.classify.context import Context
from probe.classify.evidence import Evidence
from probe.scenario.load import load
from probe.studies.in_memory_run import run_in_memory

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHIPPED = {
    "accept_then_bounce": "reports",
    "greylist_meets_verp": "deferrals",
    "mailbox_full_season": "retests",
    "pause_in_time": "retests from other addresses",
    "three_newsletters": "earlier campaigns",
}
"""Scenarios, and what each of them has that others have not."""


def parts_of(campaign: Mapping[str, Evidence]) -> list[list[Evidence]]:
    """Sort recipients into parts that have no mail exchanger in common."""
    part_of: dict[str, int] = {}
    for number, evidence in enumerate(campaign.values()):
        names = {attempt.mx_address for attempt in evidence.attempts}
        joined = {part_of[name] for name in names if name in part_of}
        part_of |= dict.fromkeys([*names, *(name for name, part in part_of.items() if part in joined)], number)
    parts: dict[int, list[Evidence]] = {}
    for evidence in campaign.values():
        parts.setdefault(part_of[evidence.last.mx_address], []).append(evidence)
    return list(parts.values())


@pytest.mark.parametrize("name", SHIPPED)
def test_parts_in_any_order_give_the_readings_of_the_whole_campaign(name: str) -> None:
    chance = random.Random(name)
    for campaign in run_in_memory(load(SCENARIOS / f"{name}.toml")).campaigns.values():
        evidence = {recipient: story.evidence for recipient, story in campaign.items()}
        parts = parts_of(evidence)
        assert len(parts) > 3
        for part in (*parts, parts):
            chance.shuffle(part)
        classifier = Context()
        reader = classifier.reader([classifier.observe(part) for part in parts])
        readings = {recipient: reader.classify(each) for recipient, each in evidence.items()}
        assert readings == classifier.classify_campaign(evidence)
