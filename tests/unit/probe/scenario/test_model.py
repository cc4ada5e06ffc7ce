"""Scenarios as typed values: defaults, and a check that nothing a file may hold brings it down."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from small_scenario import SCENARIO, write

from fake_gateways.truth import Cause
from fake_gateways.units import PerTime
from probe.input_error import InputError
from probe.scenario.load import check
from probe.scenario.model import GatewaySpec, Scenario
from probe.scenario.sending import Campaign, ListedIn, Sender

RAW = tomllib.loads(SCENARIO)
SENDER = {"helo": "mta1.sender.example", "return_path": "b.example", "rate": "2/1s", "ips": [{"address": "127.10.0.1"}]}


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value within a value."""
    for key, below in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*here, key)
        yield from paths(below, (*here, key))


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["5m", "1/1s", "content", "{x}", "a.example", "127.0.0.1"])
    | st.just(datetime(2026, 3, 2, tzinfo=UTC)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.just("type"), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the message that the scenario names."""
    return write(tmp_path_factory.mktemp("junk")).parent


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.sampled_from(sorted(paths(RAW), key=str)), value=junk)
def test_any_value_in_any_place_is_taken_or_told_in_one_sentence(
    where: tuple[Any, ...], value: Any, folder: Path
) -> None:
    raw = copy.deepcopy(RAW)
    table = raw
    for step in where[:-1]:
        table = table[step]
    table[where[-1]] = value
    told: InputError | None = None
    try:
        check(raw, folder=folder, path="s.toml")
    except InputError as error:
        told = error
    assert told is None or (told.place.startswith("s.toml") and told.problem and told.remedy)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC)),
        (datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=1))), datetime(2026, 3, 2, 7, tzinfo=UTC)),
        ("2026-03-02T08:00:00Z", datetime(2026, 3, 2, 8, tzinfo=UTC)),
    ],
)
def test_the_start_is_kept_in_utc(written: object, moment: datetime) -> None:
    starts = Scenario.model_validate({**RAW, "starts": written}).starts
    assert (starts, starts.tzinfo) == (moment, UTC)


def test_a_sender_needs_only_names_addresses_and_a_rate() -> None:
    sender = Sender.model_validate(SENDER)
    assert sender.rate == PerTime(2, 1.0)
    assert (sender.connections_per_gateway, sender.round_trip, sender.keep_open) == (4, 0.04, 5.0)
    assert sender.ips[0].share == 1.0
    retry = sender.retry
    assert (retry.first, retry.factor, retry.longest, retry.give_up_after) == (300.0, 2.0, 7200.0, 43200.0)


def test_domains_are_kept_in_lower_case_without_the_final_dot() -> None:
    assert Sender.model_validate({**SENDER, "helo": "MTA1.Sender.Example."}).helo == "mta1.sender.example"


def test_addresses_are_kept_in_their_one_form() -> None:
    assert Sender.model_validate({**SENDER, "ips": [{"address": "0:0::1"}]}).ips[0].address == "::1"


def test_a_stay_on_a_blocklist_counts_from_the_start_and_may_be_for_good() -> None:
    assert ListedIn.model_validate({"zone": "bl.example"}) == ListedIn.model_validate(
        {"zone": "bl.example", "from": "0s"}
    )
    stay = ListedIn.model_validate({"zone": "bl.example", "from": "40m", "until": "2h"})
    assert (stay.since, stay.until) == (2400.0, 7200.0)


def test_a_gateway_lies_always_where_it_lies_and_nothing_else_is_said() -> None:
    spec = GatewaySpec.model_validate(
        {"name": "a", "persona": "mimecast", "domains": ["a.example"], "claims": {"content": "user-unknown"}}
    )
    assert spec.claims == {Cause.CONTENT: Cause.USER_UNKNOWN}
    assert spec.lies == 1.0


@pytest.mark.parametrize("name", ["a", "march-webinar", "2026", "a" * 42])
def test_names_are_made_of_lower_case_letters_digits_and_hyphens(name: str) -> None:
    assert Campaign(name=name, message="m.eml").name == name


@pytest.mark.parametrize("name", ["", "-a", "a-", "a b", "a+b", "Ä", "a\n", "a" * 43, "A"])
def test_a_name_that_could_not_stand_in_an_address_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Campaign(name=name, message="m.eml")


def test_two_velocity_policies_may_stand_side_by_side() -> None:
    limits = [{"type": "velocity", "limit": limit} for limit in ("10/1m", "100/1h")]
    spec = {"name": "a", "persona": "mimecast", "domains": ["a.example"], "policy": limits}
    assert len(GatewaySpec.model_validate(spec).policy) == 2


def test_the_json_schema_names_every_key_of_the_file_as_it_is_written() -> None:
    schema = Scenario.model_json_schema(by_alias=True)
    assert set(RAW) <= set(schema["properties"])
    assert "schema_" not in schema["properties"]
    assert schema["additionalProperties"] is False
    assert {"zone", "from", "until"} == set(schema["$defs"]["ListedIn"]["properties"])
    assert json.loads(json.dumps(schema)) == schema


TENANTS = """schema = 1
name = "small"
title = "Two tenants of one exchanger"
seed = 7
starts = 2026-03-02T08:00:00Z

[[gateway]]
name = "acme"
domains = ["acme.example", "beta.example"]
claims = { content = "user-unknown" }

  [[gateway.policy]]
  type = "content"
  domains = ["acme.example"]

  [[gateway.policy]]
  type = "content"
  domains = ["beta.example"]
"""


def test_tenants_may_have_the_same_policy_with_other_settings(tmp_path: Path) -> None:
    assert check(tomllib.loads(TENANTS), folder=tmp_path, path="s.toml", served=True).scenario.gateway[0].policy


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "claims",
            'words = { content = "user unknown" }\nclaims',
            (
                "gateway.acme.words.content: 'user unknown' is not a reply that refuses; "
                'write for example "550 5.1.1 <{recipient}>: no such user"'
            ),
        ),
        (
            "claims",
            'words = { policy = "550 5.1.1 No such user" }\nclaims',
            "gateway.acme: words has policy, and claims has not, so nothing would say them; add it",
        ),
        (
            "claims",
            'closes = { "other.example" = "2d" }\nclaims',
            "gateway.acme: other.example is none of the gateway's domains; correct it, or add it to them",
        ),
        (
            "claims",
            'sizes = "equal"\nclaims',
            "gateway.acme: has sizes, and only companies have; remove it, or give companies",
        ),
        (
            '  domains = ["beta.example"]',
            '  domains = ["other.example"]',
            "gateway.acme: other.example is none of the gateway's domains; correct it, or add it to them",
        ),
        (
            '  domains = ["beta.example"]',
            '  domains = ["acme.example"]',
            "gateway.acme: policy content is given twice; put its settings into one",
        ),
        (
            '  domains = ["beta.example"]',
            "",
            "gateway.acme: policy content is given twice; put its settings into one",
        ),
        (
            'type = "content"\n  domains = ["beta.example"]',
            'type = "relay"\n  domains = ["beta.example"]',
            "gateway.acme: policy relay has domains, and is about all others; remove them",
        ),
        (
            'type = "content"\n  domains = ["beta.example"]',
            'type = "ip-reputation"\n  at = "mail"\n  domains = ["beta.example"]',
            (
                "gateway.acme.policy[1].domains: ip-reputation acts at mail, where no recipient is known yet; "
                "set at to one of: rcpt"
            ),
        ),
    ],
)
def test_what_tenants_cannot_have_is_told_in_one_sentence(old: str, new: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        check(tomllib.loads(TENANTS.replace(old, new, 1)), folder=tmp_path, path="s.toml", served=True)
    assert str(caught.value) == f"s.toml: {told}"
