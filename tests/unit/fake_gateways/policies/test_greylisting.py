"""Greylisting: who waits, how long, and what is remembered of whom."""

from __future__ import annotations

from typing import Any

import pytest
from lone_gateway import ALICE, RETURN_PATH, STARTS, session_view
from pydantic import ValidationError

from fake_gateways.policies.greylisting import Greylisting, GreylistingSettings
from fake_gateways.smtp.envelope import Envelope
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse

COME_BACK = Refuse(Cause.GREYLISTED)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


class Door:
    """A greylisting policy that is knocked at."""

    def __init__(self, **settings: Any) -> None:
        self._policy = Greylisting(GreylistingSettings(type="greylisting", **settings))

    def opens(self, at: float, *, peer: str = "127.10.0.1", sender: str = RETURN_PATH, recipient: str = ALICE) -> bool:
        """Return whether the recipient is taken."""
        view = session_view(peer=peer)
        view.at = STARTS + at
        view.envelope = Envelope(sender)
        view.recipient = recipient
        verdict = self._policy.judge(view)
        assert verdict in (None, COME_BACK)
        return verdict is None


def test_the_first_attempt_waits_and_a_retry_passes_once_the_wait_is_over() -> None:
    door = Door(wait="5m")
    assert [door.opens(at) for at in (0, 299.9, 300)] == [False, False, True]


def test_a_retry_that_comes_too_early_does_not_begin_the_wait_anew() -> None:
    door = Door(wait="5m")
    assert [door.opens(at) for at in (0, 200, 310)] == [False, False, True]


def test_a_retry_after_the_window_is_a_first_attempt_again() -> None:
    door = Door(wait="5m", window="1h")
    assert [door.opens(at) for at in (0, HOUR + 1, HOUR + 2 * MINUTE, HOUR + 6 * MINUTE)] == [False, False, False, True]


def test_who_has_passed_is_let_in_at_once_until_forgotten() -> None:
    door = Door(wait="5m", keep="1d")
    assert not door.opens(0)
    assert [door.opens(at) for at in (300, 300 + DAY / 2, 300 + DAY, 300 + 3 * DAY)] == [True, True, True, False]


@pytest.mark.parametrize(
    "other", [{"sender": "b@other.example"}, {"recipient": "bob@northwind.example"}, {"peer": "127.10.1.1"}]
)
def test_another_network_return_path_or_recipient_waits_for_itself(other: dict[str, str]) -> None:
    door = Door(wait="5m")
    assert not door.opens(0)
    assert not door.opens(300, **other)
    assert door.opens(300)


def test_with_verp_every_recipient_is_a_stranger() -> None:
    door = Door(wait="5m")
    returns = [f"march+r{number}=a.example@bounce.example" for number in range(5)]
    assert not any(door.opens(number * 1000, sender=each) for number, each in enumerate(returns))


@pytest.mark.parametrize(
    ("mask", "peer", "same"),
    [
        (32, "127.10.0.2", False),
        (24, "127.10.0.2", True),
        (24, "127.10.1.1", False),
        (19, "127.10.31.1", True),
        (19, "127.10.32.1", False),
    ],
)
def test_addresses_of_one_network_count_as_one(mask: int, peer: str, *, same: bool) -> None:
    door = Door(wait="5m", mask=mask)
    assert not door.opens(0, peer="127.10.0.1")
    assert door.opens(300, peer=peer) is same


def test_a_client_that_has_come_back_often_enough_is_trusted_with_everybody() -> None:
    door = Door(wait="5m", trust_after=2)
    for number in range(2):
        assert not door.opens(0, recipient=f"r{number}@a.example")
        assert door.opens(300, recipient=f"r{number}@a.example")
    assert door.opens(301, recipient="new@a.example")
    assert not door.opens(301, recipient="new@a.example", peer="127.99.0.1")


def test_a_window_that_no_retry_can_meet_is_refused() -> None:
    with pytest.raises(ValidationError, match="no retry would be accepted"):
        GreylistingSettings(type="greylisting", wait="1h", window="30m")


def test_without_a_wait_the_first_attempt_passes() -> None:
    door = Door(wait="0s")
    assert [door.opens(at) for at in (0, 0, 10)] == [True, True, True]
