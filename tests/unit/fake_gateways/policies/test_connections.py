"""Too many open connections of an address, of its neighbours, or of everybody."""

from __future__ import annotations

import pytest
from lone_gateway import LoneGateway, policy


@pytest.mark.parametrize(
    ("per", "peers", "refused"),
    [
        ("ip", ["127.10.0.1"] * 3, [False, False, True]),
        ("ip", ["127.10.0.1", "127.10.0.2", "127.10.0.1"], [False, False, False]),
        ("/24", ["127.10.0.1", "127.10.0.2", "127.10.0.3"], [False, False, True]),
        ("/24", ["127.10.0.1", "127.10.0.2", "127.10.1.3"], [False, False, False]),
        ("all", ["127.10.0.1", "127.20.0.2", "127.30.1.3"], [False, False, True]),
    ],
)
def test_the_connection_that_is_one_too_many_is_refused(per: str, peers: list[str], refused: list[bool]) -> None:
    lone = LoneGateway("postfix", policies=[policy("connections", most=2, per=per)])
    assert [not lone.call(peer, helo=None).greeting.accepts for peer in peers] == refused


def test_a_closed_connection_makes_room() -> None:
    lone = LoneGateway("postfix", policies=[policy("connections", most=1)])
    first = lone.call()
    second = lone.call(helo=None)
    assert (second.greeting.code, second.session.closing) == (421, True)
    second.session.lost()
    first.say("QUIT")
    assert lone.call(helo=None).greeting.code == 220


def test_a_line_that_is_lost_twice_counts_once() -> None:
    lone = LoneGateway("postfix")
    client = lone.call()
    client.session.lost()
    client.session.lost()
    assert lone.gateway.connections == {}
