"""Families of generated scenarios: valid, repeatable, and with every persona."""

from __future__ import annotations

import pytest

from fake_gateways import persona as personas
from probe.scenario.load import check
from probe.studies.fit.families import FAMILIES, scenario
from probe.studies.in_memory_run import MESSAGES


@pytest.mark.parametrize("family", FAMILIES)
def test_scenarios_of_a_family_are_valid_and_the_same_for_a_seed(family: str) -> None:
    for seed in range(12):
        raw = scenario(family, seed)
        assert raw == scenario(family, seed)
        check(raw, folder=MESSAGES, path=raw["name"])


def test_every_persona_takes_part() -> None:
    groups = [group for seed in range(60) for group in scenario("mixed", seed)["gateway"]]
    assert {group["persona"] for group in groups} == set(personas.names())
