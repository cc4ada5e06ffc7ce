"""A connection carries so many messages."""

from __future__ import annotations

from lone_gateway import ALICE, LoneGateway, policy


def test_the_message_that_is_one_too_many_is_refused_and_the_line_closed() -> None:
    lone = LoneGateway("cisco-esa", policies=[policy("messages-per-connection", most=2)])
    client = lone.call()
    assert [client.deliver(ALICE).code for _ in range(3)] == [250, 250, 421]
    assert client.session.closing
    assert lone.call().deliver(ALICE).code == 250


def test_a_vendor_that_refuses_for_good_leaves_the_line_to_the_client() -> None:
    client = LoneGateway("godaddy", policies=[policy("messages-per-connection", most=1)]).call()
    assert [client.deliver(ALICE).code for _ in range(2)] == [250, 550]
    assert not client.session.closing
