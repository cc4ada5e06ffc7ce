"""How often a provider is asked, and what a day may cost."""

from __future__ import annotations

import pytest
from diagnosing import RECIPIENT, replied
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.smtp.envelope import Stage
from probe.diagnose.host.manners import Past, Spending, blocked_for_s, may_begin, network_of, provider_of
from probe.records.attempt import Failure
from probe.sender.transaction import Result

NOW = 1_000_000.0


def test_two_connections_a_minute() -> None:
    assert may_begin([], NOW) == NOW
    assert may_begin([Past(NOW - 1)], NOW) == NOW
    assert may_begin([Past(NOW - 20), Past(NOW - 1)], NOW) == NOW + 40
    assert may_begin([Past(NOW - 60), Past(NOW - 1)], NOW) == NOW


@given(st.lists(st.floats(0.0, 600.0), min_size=3, max_size=30))
def test_no_minute_ever_has_three(waits: list[float]) -> None:
    past: list[Past] = []
    now = NOW
    for wait in waits:
        now = may_begin(past, now + wait)
        past.append(Past(now))
    assert all(later.at - earlier.at >= 60.0 - 1e-6 for earlier, later in zip(past, past[2:], strict=False))


def test_one_dialogue_after_a_block_until_its_time_has_passed() -> None:
    blocked = Past(NOW - 600, NOW + 3000)
    assert may_begin([blocked], NOW) == NOW
    assert may_begin([blocked, Past(NOW - 300)], NOW) == NOW + 3000
    assert may_begin([blocked, Past(NOW - 300, NOW + 5000)], NOW) == NOW + 3000
    assert may_begin([blocked, Past(NOW - 300)], NOW + 3000) == NOW + 3000


@given(st.lists(st.tuples(st.floats(0.0, 900.0), st.booleans()), max_size=30))
def test_no_block_is_ever_followed_by_two_dialogues_within_its_time(steps: list[tuple[float, bool]]) -> None:
    past: list[Past] = []
    now = NOW
    for wait, is_blocked in steps:
        now += wait
        while (at := may_begin(past, now)) > now:
            now = at
        past.append(Past(now, now + 3600.0 if is_blocked else None))
    for number, each in enumerate(past):
        if each.blocked_until is not None:
            assert all(later.at >= each.blocked_until for later in past[number + 2 :])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Client host [192.0.2.1] blocked using bl.example.net", 3600.0),
        ("Too many connections from your IP, try again in 10 minutes", 600.0),
        ("Your IP is blocked for 2 hours, too many messages", 7200.0),
        ("rate limit exceeded, retry after 90 seconds", 90.0),
        ("Client host blocked for 9999 hours", 86_400.0),
    ],
)
def test_a_reply_that_speaks_of_a_block(text: str, seconds: float) -> None:
    assert blocked_for_s(replied(550, "5.7.1", text), RECIPIENT) == seconds


@pytest.mark.parametrize(
    "result",
    [
        replied(550, "5.1.1", "User unknown"),
        replied(250, None, "blocked mail is welcome"),
        replied(550, "5.6.0", "Message blocked: bad attachment", Stage.END_OF_DATA),
        Result(Stage.CONNECT, failure=Failure.TIMED_OUT, text="no reply within 60 s"),
    ],
)
def test_other_replies_speak_of_none(result: Result) -> None:
    assert blocked_for_s(result, RECIPIENT) is None


def test_networks_and_providers() -> None:
    assert network_of("192.0.2.77") == "192.0.2.0/24"
    assert network_of("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert provider_of("MX1.Mail.Acme.co.uk") == "acme.co.uk"
    assert provider_of("192.0.2.77") == "192.0.2.77"


def test_spending() -> None:
    most = Spending(3, 6, 1)
    assert Spending(3, 6, 1).beyond(most) is None
    assert Spending(2, 5).plus(Spending(1, 2)).beyond(most) == "recipients"
    assert Spending(4).beyond(most) == "connections"
    assert Spending(guessed=1).beyond(most) == "guessed"
