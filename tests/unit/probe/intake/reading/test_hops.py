"""Mail on its way through content filters: one delivery for each recipient, the last one."""

from __future__ import annotations

import pytest

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.reading.hops import Delivery, Hops, is_near


def sent(text: str = "Ok", to: str = "ann@acme.example") -> Event:
    """Return a delivery."""
    return Event(EventKind.DELIVERED, to, text=text)


def refused(to: str = "ann@acme.example") -> Event:
    """Return a refusal."""
    return Event(EventKind.REFUSED, to, code=550)


FILTERED = sent("from MTA: 250 Ok: queued as BBBBB")


def test_a_delivery_to_a_filter_gives_way_to_what_became_of_the_message() -> None:
    hops = Hops()
    hops.enter("AAAAA", "<1@b.example>")
    hops.enter("BBBBB", "<1@b.example>")
    assert list(hops.take(FILTERED, Delivery("AAAAA", is_near=True))) == []
    assert list(hops.take(refused(), Delivery("BBBBB"))) == [refused()]
    assert list(hops.in_order([])) == []


def test_the_order_of_the_lines_does_not_matter() -> None:
    hops = Hops()
    hops.enter("AAAAA", "<1@b.example>")
    hops.enter("BBBBB", "<1@b.example>")
    assert list(hops.take(refused(), Delivery("BBBBB"))) == [refused()]
    assert list(hops.take(FILTERED, Delivery("AAAAA", is_near=True))) == []
    assert list(hops.in_order([])) == []


def test_a_filter_on_another_host_is_known_by_the_queue_id() -> None:
    hops = Hops()
    hops.enter("BBBBB")
    assert list(hops.take(FILTERED, Delivery("AAAAA"))) == []
    assert list(hops.take(refused(), Delivery("BBBBB"))) == [refused()]


def test_a_filter_that_names_no_queue_id_is_known_by_the_message_id() -> None:
    hops = Hops()
    hops.enter("AAAAA", "<1@b.example>")
    assert list(hops.take(sent("delivered via filter service"), Delivery("AAAAA", is_near=True))) == []
    hops.enter("BBBBB", "<1@b.example>")
    assert list(hops.take(refused(), Delivery("BBBBB"))) == [refused()]
    assert list(hops.in_order([])) == []


def test_filters_may_follow_each_other() -> None:
    hops = Hops()
    for queue_id in ("AAAAA", "BBBBB", "CCCCC"):
        hops.enter(queue_id, "<1@b.example>")
    assert list(hops.take(FILTERED, Delivery("AAAAA", is_near=True))) == []
    assert list(hops.take(sent("queued as CCCCC"), Delivery("BBBBB", is_near=True))) == []
    assert list(hops.take(refused(), Delivery("CCCCC"))) == [refused()]


def test_a_recipient_whom_the_filter_kept_was_delivered_to() -> None:
    hops = Hops()
    bob = FILTERED._replace(recipient="bob@acme.example")
    hops.enter("BBBBB")
    for each in (FILTERED, bob):
        assert list(hops.take(each, Delivery("AAAAA", is_near=True))) == []
    assert list(hops.take(refused(), Delivery("BBBBB"))) == []
    assert list(hops.in_order([BadLine(9, "no")])) == [bob, refused(), BadLine(9, "no")]


def test_an_alias_that_was_resolved_after_the_filter_is_the_same_recipient() -> None:
    hops = Hops()
    hops.enter("BBBBB")
    assert list(hops.take(FILTERED, Delivery("AAAAA", is_near=True))) == []
    at_home = refused("ann@home.example")
    assert list(hops.take(at_home, Delivery("BBBBB", original="Ann@acme.example"))) == [at_home]


@pytest.mark.parametrize("text", ["Ok: queued as 77AA88", "Ok", "queued as AAAAA"])
def test_what_a_remote_host_took_is_delivered_at_once(text: str) -> None:
    hops = Hops()
    hops.enter("AAAAA", "<1@b.example>")
    assert list(hops.take(sent(text), Delivery("AAAAA"))) == [sent(text)]


def test_the_same_message_sent_twice_is_delivered_twice() -> None:
    hops = Hops()
    for queue_id in ("AAAAA", "BBBBB"):
        hops.enter(queue_id, "<1@b.example>")
        assert list(hops.take(sent(), Delivery(queue_id))) == [sent()]


def test_another_message_under_that_queue_id_is_not_the_one_that_was_handed_back() -> None:
    hops = Hops()
    hops.enter("AAAAA", "<1@b.example>")
    hops.enter("BBBBB", "<2@b.example>")
    list(hops.take(FILTERED, Delivery("AAAAA", is_near=True)))
    assert list(hops.take(refused(), Delivery("BBBBB"))) == []
    assert list(hops.in_order([])) == [FILTERED, refused()]


def test_a_delivery_that_nothing_follows_is_held_back_for_a_while_only() -> None:
    hops = Hops()
    hops.enter("AAAAA", "<1@b.example>")
    list(hops.take(sent(), Delivery("AAAAA", is_near=True)))
    for number in range(3_000):
        hops.enter(f"X{number:05}")
    assert list(hops.take(refused(), Delivery("ZZZZZ"))) == [sent(), refused()]


def test_memory_is_bounded() -> None:
    hops = Hops(20)
    for number in range(500):
        hops.enter(f"A{number:05}", f"<{number % 7}@b.example>")
        list(hops.take(sent(f"queued as B{number:05}"), Delivery(f"A{number:05}", is_near=True)))
        assert len(hops) <= 21


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("::1", True),
        ("fd00::1", True),
        ("private/lmtp", True),
        ("192.0.2.1", False),
        ("2001:db8::1", False),
        ("", False),
        ("mx.acme.example", False),
    ],
)
def test_a_filter_is_near(address: str, near: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_near(address) is near
