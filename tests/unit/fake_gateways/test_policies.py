"""Tests of the registry of policies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lone_gateway import DOMAIN, STARTS, policy, session_view
from pydantic import TypeAdapter, ValidationError

import fake_gateways.policies
from fake_gateways.policies import KINDS, AnySettings, begin
from fake_gateways.policies.greylisting import GreylistingSettings
from fake_gateways.policies.guard import Guard
from fake_gateways.policies.policy import Observer, Settings
from fake_gateways.policies.remembered import Remembered
from fake_gateways.policies.session_view import Decision
from fake_gateways.smtp.envelope import Envelope, Stage
from fake_gateways.truth import Cause, Fate

_MEMORY = re.compile(r"self\._\w+(?:: [^=]*)? = (?:Remembered|\{\}|set\(\)|\[\]|deque|defaultdict|Counter|dict\(\))")
"""Where a policy begins with an empty table of something."""
ANY: TypeAdapter[Settings] = TypeAdapter(AnySettings)


def test_every_file_of_a_policy_is_registered_under_its_own_name() -> None:
    files = {path.stem for path in Path(fake_gateways.policies.__path__[0]).glob("*.py")}
    named = {kind.replace("-", "_") for kind in KINDS}
    shared = {"__init__", "policy", "session_view", "guard", "dns_replay", "message_parts", "remembered"}
    assert files == named | shared


def test_the_type_of_a_table_chooses_the_settings() -> None:
    assert isinstance(ANY.validate_python({"type": "greylisting"}), GreylistingSettings)
    with pytest.raises(ValidationError, match="greylisting"):
        ANY.validate_python({"type": "greylist"})


def test_a_guard_is_put_in_front_of_a_policy_only_when_its_settings_ask_for_one() -> None:
    assert not isinstance(begin(policy("greylisting"), "7", STARTS), Guard)
    assert isinstance(begin(policy("greylisting", share=0.5), "7", STARTS), Guard)


@pytest.mark.parametrize(
    "settings",
    [
        policy("greylisting", wait="0s", trust_after=1),
        policy("velocity", limit="1/1h", per=["ip", "sender-domain"], block_for="1h"),
        policy("directory-harvest", limit="1/1h"),
        policy("earned-reputation", per="sender-domain"),
        policy("recipient-verification", keep_absent="1h"),
    ],
    ids=lambda settings: settings.kind,
)
def test_strangers_cannot_fill_the_memory_of_a_policy(settings: Settings) -> None:
    tested = settings.begin()
    tables = [each for each in vars(tested).values() if isinstance(each, dict)]
    assert tables
    assert all(isinstance(table, Remembered) for table in tables)
    for table in tables:
        table._most = 3
    for number in range(20):
        view = session_view(peer=f"127.20.{number}.1", session=number)
        view.envelope = Envelope(f"news@s{number}.example")
        view.recipient = f"nobody{number}@{DOMAIN}"
        for _ in range(2):
            view.transaction += 1
            tested.judge(view)
            if isinstance(tested, Observer):
                tested.notice(view, Decision(view.recipient, Stage.RCPT, Cause.USER_UNKNOWN, Fate.REFUSED))
    assert max(map(len, tables)) == 3


def test_no_other_policy_has_a_memory() -> None:
    remembering = set()
    for name in KINDS:
        source = Path(fake_gateways.policies.__path__[0]) / f"{name.replace('-', '_')}.py"
        if _MEMORY.search(source.read_text("utf-8")):
            remembering.add(name)
    # What a log names is as much as its file has.
    assert remembering == {
        *("greylisting", "velocity", "directory-harvest", "earned-reputation", "recipient-verification"),
        "as-logged",
    }
