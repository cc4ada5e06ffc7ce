"""Return-paths that lead nowhere, and those the administrator denies."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, LoneGateway, policy, session_view

from fake_gateways.dns.zone import World
from fake_gateways.smtp.envelope import Envelope
from fake_gateways.verdict import Answer, Question


def world() -> World:
    made = World()
    made.add("exchanger.example", "MX", "10 mx.exchanger.example.")
    made.add("address.example", "A", "127.10.0.9")
    made.add("null.example", "MX", "0 .")
    return made


@pytest.mark.parametrize(
    ("return_path", "taken"),
    [
        ("a@exchanger.example", True),
        ("a@address.example", True),
        ("a@null.example", False),
        ("a@nowhere.example", False),
        ("", True),
    ],
)
def test_a_return_path_leads_somewhere_or_is_refused(return_path: str, taken: bool) -> None:  # noqa: FBT001
    lone = LoneGateway("postfix", policies=[policy("sender-domain")], world=world())
    assert lone.call().mail(ALICE, return_path=return_path)[-1].accepts is taken


@pytest.mark.parametrize(
    ("denied", "taken"), [("exchanger.example", False), ("A@exchanger.example", False), ("b@exchanger.example", True)]
)
def test_the_administrator_denies_addresses_and_domains(denied: str, taken: bool) -> None:  # noqa: FBT001
    lone = LoneGateway("postfix", policies=[policy("sender-domain", deny=[denied])], world=world())
    assert lone.call().mail(ALICE, return_path="a@Exchanger.example")[-1].accepts is taken


def test_a_nameserver_that_does_not_answer_counts_for_the_sender() -> None:
    view = session_view()
    view.envelope = Envelope("a@messenger.example")
    view.fresh[Question("messenger.example", "MX")] = Answer(failed=True)
    assert policy("sender-domain").begin().judge(view) is None
