"""What a policy is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from lone_gateway import STARTS, case_of

from fake_gateways.policies import KINDS, begin
from fake_gateways.policies.case import network_of
from fake_gateways.smtp.envelope import Envelope


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.10.0.1", "127.10.0.0/24"),
        ("127.10.0.254", "127.10.0.0/24"),
        ("127.10.10.1", "127.10.10.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
    ],
)
def test_neighbours_share_a_24_or_with_ipv6_a_64(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(("return_path", "domain"), [("b@Messenger.example", "messenger.example"), ("", "")])
def test_the_sender_domain_is_the_return_paths(return_path: str, domain: str) -> None:
    case = case_of()
    case.envelope = Envelope(return_path)
    assert case.sender_domain == domain


@pytest.mark.parametrize("kind", KINDS)
def test_every_policy_usually_speaks_where_it_can(kind: str) -> None:
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
