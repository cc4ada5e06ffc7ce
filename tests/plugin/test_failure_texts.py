"""The texts of failed assertions: what was received and refused, the closest of it, and how it differs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from mailing import ANN, BOB, mail, message

from fake_gateways.gateway import Gateway
from probe.testing import GatewayFixture


def said(failing: Callable[..., object], **wanted: Any) -> str:
    """Return the text of a failed assertion."""
    with pytest.raises(AssertionError) as failure:
        failing(**wanted)
    return str(failure.value)


@pytest.fixture
def used(gateway: GatewayFixture) -> GatewayFixture:
    """Return a gateway that took three messages and refused two recipients."""
    gateway.refuse(BOB, cause="velocity", claims="user-unknown", reply="550 5.1.1 User unknown")
    gateway.refuse("full@acme.example", cause="mailbox-full", reply="452 4.2.2 Mailbox full")
    mail(gateway, ANN, content=message("Invoice 6", "Please pay."))
    mail(gateway, "eve@acme.example", content=message("Invoice 7"), sender="")
    mail(gateway, ANN, "dan@acme.example", content=message("Minutes"), client="127.10.0.2")
    mail(gateway, BOB)
    mail(gateway, "full@acme.example", sender="sales@shop.example")
    return gateway


RECEIVED = """\
Received:
  1. from news@shop.example to ann@acme.example, subject 'Invoice 6'
  2. from <> to eve@acme.example, subject 'Invoice 7'
  3. from news@shop.example to ann@acme.example, dan@acme.example, subject 'Minutes'"""
REFUSED = """\
Refused:
  1. bob@acme.example at rcpt for velocity, claimed as user-unknown: 550 5.1.1 'User unknown'
  2. full@acme.example at rcpt for mailbox-full: 452 4.2.2 'Mailbox full'"""


def test_the_closest_message_is_the_one_that_differs_least(used: GatewayFixture) -> None:
    assert said(used.assert_received, recipient=ANN, subject="Invoice 8", sender="news@*") == (
        "No message was received with recipient ann@acme.example, sender news@* and subject 'Invoice 8'.\n"
        "The closest is 1. from news@shop.example to ann@acme.example, subject 'Invoice 6'\n"
        "  subject: got 'Invoice 6', wanted 'Invoice 8'\n"
        f"{RECEIVED}\n{REFUSED}"
    )


def test_every_field_that_differs_is_named(used: GatewayFixture) -> None:
    assert said(used.assert_received, recipient="eva@acme.example", sender=BOB, content="inv") == (
        "No message was received with recipient eva@acme.example, sender bob@acme.example and content 'inv'.\n"
        "The closest is 2. from <> to eve@acme.example, subject 'Invoice 7'\n"
        "  recipient: got eve@acme.example, wanted eva@acme.example\n"
        "  sender: got <>, wanted bob@acme.example\n"
        f"{RECEIVED}\n{REFUSED}"
    )


def test_where_two_differ_as_much_the_recipient_weighs_most(used: GatewayFixture) -> None:
    assert said(used.assert_refused, recipient=BOB, cause="mailbox-full") == (
        "No recipient was refused with recipient bob@acme.example and cause mailbox-full.\n"
        "The closest is 1. bob@acme.example at rcpt for velocity, claimed as user-unknown: 550 5.1.1 'User unknown'\n"
        "  cause: got velocity, wanted mailbox-full\n"
        f"{REFUSED}\n{RECEIVED}"
    )


def test_each_column_of_a_refusal_is_held_against_what_was_wanted(used: GatewayFixture) -> None:
    wanted = {"recipient": "fill@acme.example", "sender": "", "client": "10.*", "cause": "content", "claimed": "policy",
              "code": 451, "enhanced": "4.7.1", "text": "*later", "stage": "data"}  # fmt: skip
    assert said(used.assert_refused, **wanted) == (
        "No recipient was refused with recipient fill@acme.example, sender <>, client 10.*, cause content, "
        "claimed policy, code 451, enhanced 4.7.1, text '*later' and stage data.\n"
        "The closest is 2. full@acme.example at rcpt for mailbox-full: 452 4.2.2 'Mailbox full'\n"
        "  recipient: got full@acme.example, wanted fill@acme.example\n"
        "  sender: got sales@shop.example, wanted <>\n"
        "  client: got 127.10.0.1, wanted 10.*\n"
        "  cause: got mailbox-full, wanted content\n"
        "  claimed: got mailbox-full, wanted policy\n"
        "  code: got 452, wanted 451\n"
        "  enhanced: got 4.2.2, wanted 4.7.1\n"
        "  text: got 'Mailbox full', wanted '*later'\n"
        "  stage: got rcpt, wanted data\n"
        f"{REFUSED}\n{RECEIVED}"
    )


def test_too_few_are_counted_and_the_closest_of_the_others_is_shown(used: GatewayFixture) -> None:
    assert said(used.assert_received, subject="Invoice*", count=3) == (
        "2 messages were received with subject 'Invoice*', not 3.\n"
        "The closest is 3. from news@shop.example to ann@acme.example, dan@acme.example, subject 'Minutes'\n"
        "  subject: got 'Minutes', wanted 'Invoice*'\n"
        f"{RECEIVED}\n{REFUSED}"
    )


def test_too_many_are_counted(used: GatewayFixture) -> None:
    assert said(used.assert_received, recipient="eve*", count=0) == (
        f"1 message was received with recipient eve*, not 0.\n{RECEIVED}\n{REFUSED}"
    )
    assert said(used.assert_refused, count=1) == f"2 recipients were refused, not 1.\n{REFUSED}\n{RECEIVED}"


def test_nothing_should_have_come_and_something_did(used: GatewayFixture) -> None:
    assert said(used.assert_nothing_received) == f"3 messages were received, but none was expected.\n{RECEIVED}"


def test_where_nothing_came_at_all_it_says_so(gateway: GatewayFixture) -> None:
    nothing = "Received: nothing.\nRefused: nothing."
    assert said(gateway.assert_received) == f"No message was received.\n{nothing}"
    assert said(gateway.assert_received, count=1) == f"0 messages were received, not 1.\n{nothing}"
    assert said(gateway.assert_refused) == "No recipient was refused.\nRefused: nothing.\nReceived: nothing."
    gateway.assert_nothing_received()


def test_a_refusal_before_rcpt_names_the_client(gateway: GatewayFixture) -> None:
    gateway.refuse(at="connect", cause="ip-reputation", reply="554 5.7.1 listed")
    mail(gateway)
    assert said(gateway.assert_refused, recipient=ANN) == (
        "No recipient was refused with recipient ann@acme.example.\n"
        "The closest is 1. 127.10.0.1 at connect for ip-reputation: 554 5.7.1 'listed'\n"
        "  recipient: got not known yet, wanted ann@acme.example\n"
        "Refused:\n  1. 127.10.0.1 at connect for ip-reputation: 554 5.7.1 'listed'\nReceived: nothing."
    )


def test_long_lists_and_long_texts_are_cut(gateway: GatewayFixture) -> None:
    for number in range(12):
        mail(gateway, f"{number}@acme.example", content=message(f"{number} " + "very " * 30))
    lines = said(gateway.assert_nothing_received).splitlines()
    assert lines[0] == "12 messages were received, but none was expected."
    assert lines[2] == f"  1. from news@shop.example to 0@acme.example, subject '0 {('very ' * 30)[:77]}…'"
    assert [len(lines), lines[-1]] == [13, "  and 2 more"]


def test_control_characters_are_harmless_and_no_line_can_be_forged(gateway: GatewayFixture) -> None:
    hostile = "=?utf-8?q?a=1B[2J=0ARefused:=0A__1._bob=E2=80=AE=00?="
    mail(gateway, ANN, content=message(hostile, "\x1b[31m'\r\n\x07"))
    assert said(gateway.assert_received, subject="x", content="y") == (
        "No message was received with subject 'x' and content 'y'.\n"
        "The closest is 1. from news@shop.example to ann@acme.example, subject "
        r"'a\x1b[2J\nRefused:\n  1. bob\u202e\x00'"
        "\n"
        r"  subject: got 'a\x1b[2J\nRefused:\n  1. bob\u202e\x00', wanted 'x'"
        "\n"
        r"""  content: got "\x1b[31m' \x07", wanted 'y'"""
        "\nReceived:\n  1. from news@shop.example to ann@acme.example, subject "
        r"'a\x1b[2J\nRefused:\n  1. bob\u202e\x00'"
        "\nRefused: nothing."
    )


def test_an_error_inside_the_gateway_is_raised_by_the_next_assertion_once(
    gateway: GatewayFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    say = Gateway.say
    monkeypatch.setattr(Gateway, "say", lambda *args: 1 / 0 if args[-1] == "rcpt" else say(*args))
    assert mail(gateway) == "421 4.3.0 Local error in processing, closing connection"
    with pytest.raises(ZeroDivisionError):
        gateway.assert_nothing_received()
    gateway.assert_nothing_received()


def test_a_gateway_shows_itself_by_where_it_is_and_what_came(used: GatewayFixture) -> None:
    assert repr(used) == f"<gateway at 127.0.0.1 port {used.port}: 3 received, 2 refused>"


def test_a_rule_that_never_applied_is_named_where_a_refusal_is_missing(gateway: GatewayFixture) -> None:
    gateway.refuse("acme.exmaple", cause="velocity", optional=False)
    gateway.refuse(BOB, optional=True)
    mail(gateway, ANN)
    assert said(gateway.assert_refused, recipient=ANN).splitlines()[:3] == [
        "No recipient was refused with recipient ann@acme.example.",
        "gateway.refuse('acme.exmaple', cause='velocity', optional=False) never applied.",
        "Refused: nothing.",
    ]
    mail(gateway, "bob@acme.exmaple")
