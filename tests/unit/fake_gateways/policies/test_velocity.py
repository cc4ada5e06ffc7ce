"""Too many within a window: its edges, what is counted, and by what."""

from __future__ import annotations

from typing import Any

import pytest
from lone_gateway import ALICE, PEER, RETURN_PATH, STARTS, session_view

from fake_gateways.policies.session_view import SessionView
from fake_gateways.policies.velocity import Velocity, VelocitySettings
from fake_gateways.smtp.envelope import Envelope
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse

TOO_FAST = Refuse(Cause.VELOCITY)


class Traffic:
    """Shows a velocity policy one dialogue after another."""

    def __init__(self, limit: str = "3/10m", **settings: Any) -> None:
        self._policy = Velocity(VelocitySettings(type="velocity", limit=limit, **settings))
        self._cases: dict[int, SessionView] = {}

    def refused(
        self,
        at: float = 0.0,
        *,
        peer: str = PEER,
        sender: str = RETURN_PATH,
        session: int | None = None,
        transaction: int = 1,
    ) -> bool:
        """Return whether the policy refuses; in a session of its own unless one is named."""
        number = len(self._cases) + 1000 if session is None else session
        view = self._cases.setdefault(number, session_view(peer=peer, session=number))
        view.at = STARTS + at
        view.transaction = transaction
        view.envelope = Envelope(sender)
        view.recipient = ALICE
        verdict = self._policy.judge(view)
        assert verdict in (None, TOO_FAST)
        return verdict is not None


def test_exactly_the_limit_is_fine_and_one_more_is_refused() -> None:
    traffic = Traffic("3/10m")
    assert [traffic.refused() for _ in range(5)] == [False, False, False, True, True]


def test_the_window_slides_and_what_is_as_old_as_it_no_longer_counts() -> None:
    traffic = Traffic("2/10m")
    assert not traffic.refused(0)
    assert not traffic.refused(300)
    assert not traffic.refused(600)  # the first is ten minutes old
    assert traffic.refused(899.9)
    assert not traffic.refused(1500)  # those of 300, 600 and, refused though it was, 899.9 are gone by now


def test_what_is_refused_counts_too_where_nothing_is_blocked() -> None:
    traffic = Traffic("2/10m")
    assert [traffic.refused(at) for at in (0, 1, 500, 601, 1000)] == [False, False, True, False, True]


def test_past_the_limit_all_is_refused_for_the_time_of_the_block_and_no_longer() -> None:
    traffic = Traffic("2/1m", block_for="30m")
    assert [traffic.refused(at) for at in (0, 1, 2)] == [False, False, True]
    assert traffic.refused(1801.9)
    assert not traffic.refused(1802)


def test_refusals_during_a_block_neither_count_nor_prolong_it() -> None:
    traffic = Traffic("2/1m", block_for="30m")
    assert [traffic.refused(at) for at in (0, 0, 0)] == [False, False, True]
    assert all(traffic.refused(at) for at in range(1, 1800, 10))
    assert [traffic.refused(1800), traffic.refused(1800)] == [False, False]


@pytest.mark.parametrize(
    ("count", "verdicts"),
    [
        # Session 1: a message to two; another to one. Session 2: a message to one.
        ("recipients", [False, False, True, True]),
        ("messages", [False, False, False, True]),
        ("connections", [False, False, False, False]),
    ],
)
def test_messages_recipients_or_connections_are_counted(count: str, verdicts: list[bool]) -> None:
    traffic = Traffic("2/10m", count=count)
    steps = [(1, 1), (1, 1), (1, 2), (2, 1)]
    assert [traffic.refused(session=session, transaction=transaction) for session, transaction in steps] == verdicts


def test_sessions_that_take_turns_do_not_make_each_others_messages_count_again() -> None:
    for count in ("messages", "connections"):
        traffic = Traffic("2/10m", count=count)
        turns = [traffic.refused(session=session) for session in (1, 2, 1, 2, 1, 2)]
        assert turns == [False] * 6
        assert traffic.refused(session=3)


def test_one_connection_too_many_is_refused_when_connections_count() -> None:
    traffic = Traffic("2/10m", count="connections")
    assert [traffic.refused(session=number, transaction=0) for number in (1, 2, 3)] == [False, False, True]


@pytest.mark.parametrize(
    ("per", "peer", "sender", "shares"),
    [
        ("ip", PEER, "x@other.example", True),
        ("ip", "127.10.0.2", RETURN_PATH, False),
        ("/24", "127.10.0.2", "x@other.example", True),
        ("/24", "127.10.1.1", RETURN_PATH, False),
        ("sender-domain", "127.99.0.1", "x@MESSENGER.example", True),
        ("sender-domain", PEER, "x@other.example", False),
    ],
)
def test_each_value_of_what_is_counted_by_has_a_limit_of_its_own(
    per: str,
    peer: str,
    sender: str,
    *,
    shares: bool,
) -> None:
    traffic = Traffic("1/10m", per=[per])
    assert not traffic.refused()
    assert traffic.refused(peer=peer, sender=sender) is shares


def test_neighbours_by_ipv6_share_a_64() -> None:
    traffic = Traffic("1/10m", per=["/24"])
    assert not traffic.refused(peer="2001:db8::1")
    assert traffic.refused(peer="2001:db8::ffff")
    assert not traffic.refused(peer="2001:db8:0:1::1")


def test_whoever_exceeds_any_of_several_limits_is_refused() -> None:
    traffic = Traffic("2/10m", per=["ip", "sender-domain"], block_for="5m")
    assert not traffic.refused(peer="127.10.0.1")
    assert not traffic.refused(peer="127.10.0.2")
    assert traffic.refused(peer="127.10.0.3")  # third of the domain
    assert not traffic.refused(peer="127.10.0.4", sender="x@other.example")
    assert traffic.refused(peer="127.10.0.4", sender=RETURN_PATH)  # the domain is blocked, whoever comes


def test_what_exceeds_one_limit_counts_towards_the_others_too() -> None:
    traffic = Traffic("1/10m", per=["ip", "sender-domain"])
    assert not traffic.refused(peer="127.10.0.1", sender="x@one.example")
    assert traffic.refused(peer="127.10.0.1", sender="x@two.example")
    assert traffic.refused(peer="127.10.0.2", sender="x@two.example")


def test_the_null_return_path_has_no_domain_to_count_by() -> None:
    traffic = Traffic("1/10m", per=["sender-domain"])
    assert not any(traffic.refused(sender="") for _ in range(5))


@pytest.mark.parametrize("count", ["messages", "connections"])
def test_further_recipients_of_what_was_refused_are_refused_as_well(count: str) -> None:
    traffic = Traffic("1/10m", count=count)
    assert [traffic.refused(session=1) for _ in range(3)] == [False, False, False]
    assert [traffic.refused(session=2) for _ in range(3)] == [True, True, True]
