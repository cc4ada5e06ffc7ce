"""Families of generated scenarios: valid, repeatable, with every persona, and with what their names promise."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from fake_gateways import persona as personas
from probe.lab.prepare import prepare
from probe.studies.fit.families import FAMILIES, RESERVED, RESERVED_SEEDS, draw


@pytest.mark.parametrize("family", [*FAMILIES, *RESERVED])
def test_scenarios_of_a_family_are_valid_and_the_same_for_a_seed(family: str, tmp_path: Path) -> None:
    for seed in (*range(3), *range(RESERVED_SEEDS, RESERVED_SEEDS + 3)):
        drawn = draw(family, seed)
        assert drawn == draw(family, seed)
        loaded = drawn.load_in(tmp_path)
        assert loaded.scenario.name == drawn.name
        assert sum(gateway.mailboxes.count for gateway in loaded.scenario.gateway) <= 7_000


def test_every_persona_takes_part_and_vendors_that_none_of_them_is() -> None:
    tables = [group for seed in range(40) for group in draw("mixed", seed).table["gateway"]]
    drawn = {group["persona"] for group in tables}
    assert drawn > set(personas.names())
    assert {"made up" if name.endswith(".toml") else name for name in drawn} == {"made up", *personas.names()}


@pytest.mark.parametrize("family", ["strangers", "listed", "crowded"])
def test_no_vendor_of_a_reserved_scenario_is_one_of_the_fit(family: str) -> None:
    fitted = {name for seed in range(40) for name in draw(family, seed).vendors}
    reserved = {name for seed in range(40) for name in draw(family, RESERVED_SEEDS + seed).vendors}
    assert fitted
    assert reserved
    assert not {name.partition("-")[0] for name in fitted} & {name.partition("-")[0] for name in reserved}
    for seed in range(40):
        for gateway in draw(family, RESERVED_SEEDS + seed).table["gateway"]:
            assert gateway["persona"] in reserved


def test_companies_close_in_the_families_that_say_so() -> None:
    for family in ("closed", "history", "crowded"):
        gateways = [gateway for seed in range(10) for gateway in draw(family, seed).table["gateway"]]
        assert any(gateway["mailboxes"]["departed"] == 1.0 for gateway in gateways)
        assert any("closes" in gateway for gateway in gateways)
    closing = [draw("closed", seed).table for seed in range(10)]
    assert any("until" in record for table in closing for record in table["dns"] if record["type"] == "MX")


def test_tenants_have_rules_of_their_own() -> None:
    policies = [
        policy
        for seed in range(10)
        for gateway in draw("tenants", seed).table["gateway"]
        for policy in gateway["policy"]
    ]
    assert any(policy.get("domains") for policy in policies)


def test_a_vendor_is_found_in_whatever_folder_the_scenario_is_loaded(tmp_path: Path) -> None:
    drawn = draw("strangers", 1)
    (tmp_path / "one").mkdir()
    loaded = drawn.load_in(tmp_path / "one")
    prepared = prepare(dataclasses.replace(loaded))
    assert {company.persona.name for company in prepared.companies} <= {
        name.removesuffix(".toml") for name in drawn.vendors
    }
