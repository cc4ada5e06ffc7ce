"""Names of clients: the address has one, it leads back, HELO makes sense."""

from __future__ import annotations

import ipaddress

import pytest
from lone_gateway import ALICE, PEER, LoneGateway, policy, session_view
from pydantic import ValidationError

from fake_gateways.dns.zone import World
from fake_gateways.verdict import Answer, Question


def world() -> World:
    made = World()
    made.add_host("mta1.messenger.example", PEER)
    made.add(ipaddress.ip_address("127.10.0.2").reverse_pointer, "PTR", "mta1.messenger.example.")
    return made


def taken(test: str, *, peer: str = PEER, helo: str = "mta1.messenger.example") -> bool:
    lone = LoneGateway("postfix", policies=[policy("client-name", require=[test])], world=world())
    return lone.call(peer, helo=helo).mail(ALICE)[-1].accepts


@pytest.mark.parametrize(("peer", "has_name"), [(PEER, True), ("127.10.0.2", True), ("127.10.0.3", False)])
def test_an_address_has_a_name_or_not(peer: str, has_name: bool) -> None:  # noqa: FBT001 - the table's column
    assert taken("ptr", peer=peer) is has_name


@pytest.mark.parametrize(("peer", "confirmed"), [(PEER, True), ("127.10.0.2", False), ("127.10.0.3", False)])
def test_a_name_leads_back_to_the_address_or_not(peer: str, confirmed: bool) -> None:  # noqa: FBT001
    assert taken("forward-confirmed", peer=peer) is confirmed


@pytest.mark.parametrize(
    ("test", "helo", "passes"),
    [
        ("helo-fqdn", "mta1.messenger.example", True),
        ("helo-fqdn", "[127.10.0.1]", True),
        ("helo-fqdn", "localhost", False),
        ("helo-resolves", "mta1.messenger.example", True),
        ("helo-resolves", "mta9.messenger.example", False),
        ("helo-not-ours", "mta1.messenger.example", True),
        ("helo-not-ours", "Northwind.example", False),
    ],
)
def test_helo_makes_sense_or_not(test: str, helo: str, passes: bool) -> None:  # noqa: FBT001
    assert taken(test, helo=helo) is passes


def test_at_connect_nobody_has_said_helo() -> None:
    with pytest.raises(ValidationError, match="not known at connect"):
        policy("client-name", at="connect", require=["ptr", "helo-fqdn"])


def test_a_nameserver_that_does_not_answer_counts_for_the_client() -> None:
    view = session_view()
    view.fresh[Question("1.0.10.127.in-addr.arpa", "PTR")] = Answer(("mta1.messenger.example.",))
    view.fresh[Question("mta1.messenger.example", "A")] = Answer(failed=True)
    assert policy("client-name", require=["forward-confirmed"]).begin().judge(view) is None
