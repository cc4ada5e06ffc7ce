"""What a policy is shown."""

from __future__ import annotations

import pytest
from lone_gateway import case_of

from fake_gateways.envelope import Envelope
from fake_gateways.policies import NATURES, begin, content, directory, greylisting, ip_reputation, velocity
from fake_gateways.policies.case import network_of
from fake_gateways.units import parse_rate


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


def test_every_policy_has_a_nature_and_begins_from_its_settings() -> None:
    every = {
        "directory": (directory.DirectorySettings(), directory.Directory),
        "ip-reputation": (
            ip_reputation.IpReputationSettings(type="ip-reputation", deny=(), allow=()),
            ip_reputation.IpReputation,
        ),
        "content": (content.ContentSettings(type="content"), content.Content),
        "velocity": (velocity.VelocitySettings(type="velocity", limit="1/1s"), velocity.Velocity),
        "greylisting": (greylisting.GreylistingSettings(type="greylisting"), greylisting.Greylisting),
    }
    assert set(every) == set(NATURES)
    for settings, policy in every.values():
        assert type(begin(settings, "7")) is policy  # type: ignore[arg-type]
    assert parse_rate("1/1s") == every["velocity"][0].limit  # type: ignore[attr-defined]
