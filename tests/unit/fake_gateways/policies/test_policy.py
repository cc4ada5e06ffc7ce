"""Tests of what every policy has in common."""

from __future__ import annotations

from pathlib import Path

import pytest
from lone_gateway import STARTS, policy
from pydantic import ValidationError

from fake_gateways.policies import KINDS, begin


@pytest.mark.parametrize("kind", KINDS)
def test_the_usual_stage_of_every_policy_is_one_of_its_stages(kind: str) -> None:
    nature = KINDS[kind].nature
    assert nature.usual in nature.stages


@pytest.mark.parametrize("kind", KINDS)
def test_every_policy_begins_from_its_settings(kind: str) -> None:
    limit = "1 MB" if kind == "message-size" else "1/1s"
    zones = {"zones": ["uri.example"]} if kind == "url-blocklist" else {}
    needed = {"limit": limit, "most": 1, "part": 0.1, "regions": {"xx": []}, **zones}
    needed["log"] = str(Path(__file__).parents[3] / "scenarios" / "logged.csv")
    needed |= {"refuse": ["xx"]} if kind == "geography" else {}
    fields = KINDS[kind].model_fields
    settings = KINDS[kind].model_validate({"type": kind, **{key: needed[key] for key in needed.keys() & fields.keys()}})
    assert settings.kind == kind
    assert hasattr(begin(settings, "7", STARTS), "judge")


def test_a_policy_that_ends_before_it_begins_is_an_error() -> None:
    with pytest.raises(ValidationError, match="until is not later than from"):
        policy("relay", from_="2h", until="1h")
