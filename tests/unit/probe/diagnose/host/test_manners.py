"""How often a provider is asked, and what a day may cost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from probe.diagnose.host.manners import Past, Spending, may_begin, network_of, provider_of

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
