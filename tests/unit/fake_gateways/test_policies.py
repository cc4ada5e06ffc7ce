"""Tests of the registry of policies."""

from __future__ import annotations

from pathlib import Path

import pytest
from lone_gateway import STARTS, policy
from pydantic import TypeAdapter, ValidationError

import fake_gateways.policies
from fake_gateways.policies import KINDS, AnySettings, begin
from fake_gateways.policies.greylisting import GreylistingSettings
from fake_gateways.policies.guard import Guard
from fake_gateways.policies.policy import Settings

ANY: TypeAdapter[Settings] = TypeAdapter(AnySettings)


def test_every_file_of_a_policy_is_registered_under_its_own_name() -> None:
    files = {path.stem for path in Path(fake_gateways.policies.__path__[0]).glob("*.py")}
    named = {kind.replace("-", "_") for kind in KINDS}
    shared = {"__init__", "policy", "session_view", "guard", "dns_replay", "message_parts"}
    assert files == named | shared


def test_the_type_of_a_table_chooses_the_settings() -> None:
    assert isinstance(ANY.validate_python({"type": "greylisting"}), GreylistingSettings)
    with pytest.raises(ValidationError, match="greylisting"):
        ANY.validate_python({"type": "greylist"})


def test_a_guard_is_put_in_front_of_a_policy_only_when_its_settings_ask_for_one() -> None:
    assert not isinstance(begin(policy("greylisting"), "7", STARTS), Guard)
    assert isinstance(begin(policy("greylisting", share=0.5), "7", STARTS), Guard)
