"""Senders whose domain is listed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lone_gateway import ALICE, LoneGateway, policy

from fake_gateways.dns.zone import World
from fake_gateways.policies.sender_reputation import with_parents


def world() -> World:
    made = World()
    made.add("messenger.example.dbl.example", "A", "127.0.1.2")
    made.add("asked-too-often.example.dbl.example", "A", "127.255.255.254")
    return made


@pytest.mark.parametrize(
    ("return_path", "helo", "taken"),
    [
        ("a@messenger.example", "mta.clean.example", False),
        ("a@bounce.mail.messenger.example", "mta.clean.example", False),
        ("a@clean.example", "mta1.messenger.example", False),
        ("a@clean.example", "[127.10.0.1]", True),
        ("a@asked-too-often.example", "mta.clean.example", True),
        ("", "mta.clean.example", True),
    ],
)
def test_a_listed_domain_stands_for_those_below_it(return_path: str, helo: str, taken: bool) -> None:  # noqa: FBT001
    listed = policy("sender-reputation", zones=["dbl.example"])
    lone = LoneGateway("postfix", policies=[listed], world=world())
    assert lone.call(helo=helo).mail(ALICE, return_path=return_path)[-1].accepts is taken


def test_the_administrator_has_a_list_of_his_own() -> None:
    lone = LoneGateway("postfix", policies=[policy("sender-reputation", deny=["messenger.example"])])
    assert not lone.call(helo="a.example").mail(ALICE, return_path="a@b.messenger.example")[-1].accepts


@given(st.text(alphabet="ab.-", max_size=300))
def test_no_domain_asks_for_more_than_five_names(domain: str) -> None:
    assert len(with_parents(domain)) <= 5
