"""Worlds by seed: repeatable, valid, small, and together they have everything that a scenario can have."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import BaseModel

from probe.lab.prepare import prepare
from probe.scenario.load import load
from probe.scenario.model import Scenario
from simulation.part import pairs_of
from simulation.worlds import APART, FEATURES, PAIRS, World, draw_world
from simulation.worlds.drawing import Drawing
from simulation.worlds.toml_text import toml_text

LOADED: Final = 300
DRAWN: Final = 2_000
ROOT: Final = Path(__file__).parents[2]

NOT_DRAWN: Final = {
    **dict.fromkeys(
        ("Sender.watch", "Watch.every", "MistakePrices.unseen"),
        "a watch looks at the nameserver after the run, and changes nothing of it",
    ),
    **dict.fromkeys(
        ("Sender.resolver_fault", *(f"ResolverFaultAt.{key}" for key in ("fault", "zone", "from", "until"))),
        "only a watch meets them",
    ),
    **dict.fromkeys(
        ("ConnectionsSettings.domains", "GreetPauseSettings.domains", "MessagesPerConnectionSettings.domains"),
        "acts before a recipient is known",
    ),
    "RelaySettings.domains": "it is about all other domains",
    "Sender.smart_host": "mail to a real server, in real time",
    "Sender.return_mailbox": "reports from real servers, in real time",
    "Sender.wait_for_reports": "reports from real servers, in real time",
    "GatewaySpec.foreign": "a real server in place of the gateway",
    "GatewaySpec.lmtp": "run refuses it: only serve speaks LMTP",
    "LoginSpec.required": "run refuses it: only serve has clients that log in",
    "Scenario.clock=wall": "real time",
    "Scenario.scanners": "real content filters",
    "Scanners.rspamd": "a real content filter",
    "Scanners.spamassassin": "a real content filter",
    "ContentSettings.scanner": "a real content filter",
}
"""Keys of a scenario that no world has, or values of one, and why."""


@cache
def drawn() -> tuple[World, ...]:
    return tuple(draw_world(f"test-{number}") for number in range(DRAWN))


def digest(seeds: range) -> str:
    worlds = [draw_world(f"test-{number}") for number in seeds]
    shown = [(each.scenario, sorted(each.features), list(each.files.items())) for each in worlds]
    return hashlib.sha256(repr(shown).encode()).hexdigest()


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_a_seed_always_gives_the_same_world_whatever_the_order_of_sets(hash_seed: str) -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests/simulation'); import test_worlds; print(test_worlds.digest(range(40)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == digest(range(40))


def test_every_world_is_a_valid_scenario_and_all_of_them_use_every_key(tmp_path: Path) -> None:
    used: set[str] = set()
    for number, world in enumerate(drawn()[:LOADED]):
        folder = tmp_path / str(number)
        prepared = prepare(load(world.write(folder)))
        used.update(_set_in(prepared.loaded.scenario))
        assert 1 <= len(prepared.everybody) <= 80, world.seed
        assert {path.name for path in folder.iterdir()} == {"world.toml", *world.files}, "every file is named"
    unused = set(_possible()) - used
    # The values of an unused key are unused as well.
    assert {each for each in unused if "=" not in each or each.partition("=")[0] not in unused} == set(NOT_DRAWN)


def _possible() -> Iterator[str]:
    """Yield every key of a scenario, as its table's name and its own, and each value of one that has but a few."""
    schema = Scenario.model_json_schema()
    for name, table in (("Scenario", schema), *schema["$defs"].items()):
        if name == "EnhancedStatus":
            continue  # written as one text
        for key, held in table.get("properties", {}).items():
            yield f"{name}.{key}"
            if key not in {"at", "instead"}:  # features
                values = [value for value in _values(held, schema["$defs"]) if value != held.get("default")]
                yield from (f"{name}.{key}={value}" for value in values)


def _values(held: dict[str, Any], tables: dict[str, Any]) -> Iterator[Any]:
    """Yield the values that a key can have, if they are listed in the schema."""
    if "$ref" in held:
        yield from _values(tables[held["$ref"].rpartition("/")[2]], tables)
    yield from held.get("enum", ())
    yield from (True, False) if held.get("type") == "boolean" else ()
    for each in (*held.get("anyOf", ()), *([held["items"]] if isinstance(held.get("items"), dict) else ())):
        yield from _values(each, tables)


def _set_in(value: Any) -> Iterator[str]:
    """Yield every key that is set in a scenario, alone and with its value."""
    if isinstance(value, BaseModel):
        for name in value.model_fields_set:
            key = f"{type(value).__name__}.{type(value).model_fields[name].alias or name}"
            held = getattr(value, name)
            yield key
            yield from (f"{key}={each}" for each in (held if isinstance(held, tuple | frozenset) else (held,)))
            yield from _set_in(held)
    elif isinstance(value, tuple):
        for each in value:
            yield from _set_in(each)


def test_every_feature_occurs_and_nearly_every_pair_meets() -> None:
    met = {pair for world in drawn() for pair in pairs_of(world.features)}
    assert set(FEATURES) == {feature for world in drawn() for feature in world.features}
    assert not met & APART
    assert len(PAIRS & met) >= 0.999 * len(PAIRS)


def test_a_world_is_written_as_it_was_drawn() -> None:
    for world in drawn()[:LOADED]:
        assert tomllib.loads(toml_text(world.scenario)) == world.scenario, world.seed


def test_odd_texts_keys_and_values_survive_being_written() -> None:
    odd = "".join(map(chr, range(0x100))) + "\u2028\U0001f600" + '"' * 3
    document = {"k": 1, "a b": {odd: odd, "none": [], "": {"x": [[1, 2], [True]]}}, "f": 1e-9, "all": [{}, {"z": 1}]}
    assert tomllib.loads(toml_text(document)) == document


def test_worlds_are_sparse_and_dense() -> None:
    sizes = [len(world.features) for world in drawn()]
    assert min(sizes) < 10
    assert max(sizes) > 100


def test_a_smaller_world_is_written_without_the_files_it_no_longer_names(tmp_path: Path) -> None:
    world = next(each for each in drawn() if "retest" in each.scenario["sender"] and "plain.eml" in each.files)
    sender = {key: value for key, value in world.scenario["sender"].items() if key != "retest"}
    smaller = replace(world, scenario={**world.scenario, "sender": sender})
    prepare(load(smaller.write(tmp_path)))
    assert not (tmp_path / "plain.eml").exists()


def test_a_name_that_is_no_feature_is_a_mistake() -> None:
    draw = Drawing("seed")
    for ask in (draw.has, draw.wants, draw.note):
        with pytest.raises(KeyError):
            ask("sender:misspelt")
