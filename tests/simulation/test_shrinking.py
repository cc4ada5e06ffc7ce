"""A failing world is made small, written as a file, and read again as the same world."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from small_world import small_world

from probe.scenario.load import load
from simulation.laws.regression import MOST_OF_A_LAW, keep, kept
from simulation.laws.shrinking import shrunk
from simulation.worlds.world import World


def policies(world: World) -> list[str]:
    return [policy.get("type", "") for gateway in world.scenario["gateway"] for policy in gateway.get("policy", ())]


def fails_with(*wanted: str) -> Any:
    """Return a function that calls a world failing if it can be loaded and has these policies."""

    def fails(world: World) -> bool:
        is_whole = {"sender", "campaign", "gateway", "schema", "seed"} <= world.scenario.keys()
        return is_whole and bool(world.scenario["gateway"]) and set(wanted) <= set(policies(world))

    return fails


def test_what_a_failure_does_not_need_is_dropped() -> None:
    small = shrunk(small_world(), fails_with("velocity"), tries=1000)
    assert policies(small) == ["velocity"]
    assert len(small.scenario["gateway"]) == 1
    assert set(small.scenario) == {"schema", "seed", "sender", "campaign", "gateway"}


def test_numbers_get_smaller_and_lists_shorter() -> None:
    lines = ["email\n", *(f"{number}@acme.example\n" for number in range(40))]
    world = small_world()
    campaign = [{**world.scenario["campaign"][0], "recipients": {"seed_list": "list.csv", "count": 40}}]
    world = replace(
        world, scenario={**world.scenario, "campaign": campaign}, files={**world.files, "list.csv": "".join(lines)}
    )

    def fails(smaller: World) -> bool:
        recipients = smaller.scenario.get("campaign", [{}])[:1]
        given = recipients[0].get("recipients", {}) if recipients else {}
        return given.get("count", 0) >= 5 and "17@" in str(smaller.files["list.csv"]) and "seed_list" in given

    small = shrunk(world, fails, tries=10_000)
    assert small.scenario["campaign"][0]["recipients"] == {"seed_list": "list.csv", "count": 5}
    assert small.files["list.csv"] == "email\n17@acme.example\n"


def test_tries_are_bounded_by_number_and_by_time() -> None:
    tried: list[World] = []

    def never(world: World) -> bool:
        tried.append(world)
        return False

    assert shrunk(small_world(), never, tries=5) == small_world()
    assert len(tried) == 5
    times = iter(range(0, 1000, 8))
    shrunk(small_world(), never, clock=lambda: next(times))
    assert len(tried) == 7


def test_a_failing_world_is_kept_as_a_scenario_file_and_read_again(tmp_path: Path) -> None:
    world = small_world("AB12/34")
    folder = keep(world, "sent-once", tmp_path)
    assert folder == tmp_path / "sent-once-ab12-34"
    again = kept(folder)
    assert (again.seed, again.files) == (folder.name, {"news.eml": str(world.files["news.eml"]).encode()})
    assert again.scenario == tomllib.loads((folder / "world.toml").read_text("utf-8")) == world.scenario
    assert load(folder / "world.toml").scenario.seed == 7


def test_a_law_keeps_few_worlds(tmp_path: Path) -> None:
    found = [keep(small_world(f"x/{number}"), "sent-once", tmp_path) for number in range(MOST_OF_A_LAW + 2)]
    assert [folder is not None for folder in found] == [True] * MOST_OF_A_LAW + [False] * 2
