"""Noise changes a scenario from a time on, and leaves it valid."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Final

import pytest

from fake_gateways.truth import Cause
from probe.scenario.load import check
from probe.studies.diagnose.cases import CAUSES, MESSAGE, Case
from probe.studies.diagnose.noise import Noise, drawn, noisy

CONTENT: Final = Case(Cause.CONTENT, "postfix", lies=False, seed=1)


@pytest.mark.parametrize("noise", Noise)
def test_every_case_stays_a_valid_scenario(noise: Noise, tmp_path: Path) -> None:
    for number, cause in enumerate(CAUSES):
        case = Case(cause, ("cisco-esa", "postfix")[number % 2], lies=True, seed=number)
        (tmp_path / MESSAGE).write_bytes(case.message())
        for again in range(4):
            if noise.fits(cause, case.document()):
                document = noisy(case.document(), cause, noise, 500.0, random.Random(again))
                check(document, folder=tmp_path, path=case.name)


@pytest.mark.parametrize("noise", Noise)
def test_it_begins_after_the_refusal_and_leaves_the_case_as_it_was(noise: Noise) -> None:
    before = CONTENT.document()
    changed = noisy(before, Cause.CONTENT, noise, 500.0, random.Random(3))
    assert before == CONTENT.document()
    policies = changed["gateway"][0]["policy"]
    assert policies != before["gateway"][0]["policy"]
    for policy in policies:
        if policy not in before["gateway"][0]["policy"]:
            begins = policy.get("from", policy.get("until", ""))
            assert int(begins.removesuffix("s")) >= 500


def test_a_gateway_that_changes_its_mind_heals_or_refuses_everybody() -> None:
    healed, added = 0, 0
    beside = {"type": "tarpit"}
    document = {"gateway": [{"policy": [beside, {"type": "content"}]}]}
    for seed in range(20):
        policies = noisy(document, Cause.CONTENT, Noise.CHANGES, 0.0, random.Random(seed))["gateway"][0]["policy"]
        assert policies[0] == beside
        healed += "until" in policies[1]
        added += len(policies) > 2
    assert healed + added == 20
    assert 0 < healed < 20


def test_without_a_policy_for_the_cause_nothing_heals() -> None:
    document: dict[str, Any] = {"gateway": [{"policy": []}]}
    changed = noisy(document, Cause.MAILBOX_FULL, Noise.CHANGES, 0.0, random.Random(1))
    assert [policy["type"] for policy in changed["gateway"][0]["policy"]] == ["ip-reputation"]


@pytest.mark.parametrize(
    ("noise", "cause", "has"),
    [
        (Noise.GREYLISTS, Cause.GREYLISTED, ["greylisting"]),
        (Noise.BLOCKS, Cause.VELOCITY, ["velocity"]),
        (Noise.BLOCKS, Cause.CONTENT, ["velocity", "directory-harvest"]),
        (Noise.DISAPPEARS, Cause.SYSTEM, ["fault"]),
        (Noise.TARPITS, Cause.CONTENT, ["tarpit"]),
    ],
)
def test_what_a_gateway_does_anyway_is_no_noise(noise: Noise, cause: Cause, has: list[str]) -> None:
    document = {"gateway": [{"policy": [{"type": kind} for kind in has]}]}
    assert not noise.fits(cause, document)
    assert noise not in {drawn(cause, document, random.Random(seed)) for seed in range(60)}


def test_every_kind_is_drawn() -> None:
    assert {drawn(Cause.CONTENT, CONTENT.document(), random.Random(seed)) for seed in range(60)} == set(Noise)


@pytest.mark.parametrize("noise", [Noise.RANDOM, Noise.BLOCKS])
def test_a_gateway_that_has_a_policy_of_the_kind_gets_another(noise: Noise) -> None:
    has = ["ip-reputation", "fault", "velocity"]
    document = {"gateway": [{"policy": [{"type": kind} for kind in has]}]}
    for seed in range(20):
        policies = noisy(document, Cause.CONTENT, noise, 0.0, random.Random(seed))["gateway"][0]["policy"]
        assert [policy["type"] for policy in policies] == [*has, policies[-1]["type"]]
        assert policies[-1]["type"] not in has
