"""Faults between a client and a blocklist, and the test points that its owner keeps."""

from __future__ import annotations

import pytest

from fake_gateways.dns.resolver_fault import FaultyResolver, ResolverFault, TestedWorld, usual_test_points
from fake_gateways.dns.zone import LISTED, Listing, World
from fake_gateways.verdict import UNANSWERED, Answer, Question

ZONE = "bl.example.org"
A, TXT = Question(f"1.2.0.192.{ZONE}"), Question(f"1.2.0.192.{ZONE}", "TXT")


def struck(fault: ResolverFault, question: Question, answer: Answer) -> Answer:
    """Return what a client gets."""
    return FaultyResolver(fault, ZONE).answer(question, answer)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (ResolverFault.WRONG_NAME, "127.255.255.252"),
        (ResolverFault.PUBLIC_RESOLVER, "127.255.255.254"),
        (ResolverFault.VOLUME, "127.255.255.255"),
        (ResolverFault.QUERY_REFUSED, "127.0.0.1"),
        (ResolverFault.QUOTA, "127.0.0.255"),
        (ResolverFault.WRONG_KIND, "127.0.1.255"),
        (ResolverFault.LISTS_THE_WORLD, LISTED),
    ],
)
def test_a_code_comes_in_place_of_any_answer(fault: ResolverFault, code: str) -> None:
    for answer in (Answer(), Answer((LISTED,))):
        assert struck(fault, A, answer).records == (code,)
    assert struck(fault, TXT, Answer(("x",))).records == ("x",)


def test_a_resolver_rewrites_what_exists_or_what_does_not() -> None:
    elsewhere = ("203.0.113.80",)
    assert struck(ResolverFault.OUTSIDE, A, Answer((LISTED,))).records == elsewhere
    assert struck(ResolverFault.OUTSIDE, A, Answer()).records == ()
    assert struck(ResolverFault.REWRITTEN, A, Answer()).records == elsewhere
    assert struck(ResolverFault.REWRITTEN, A, Answer((LISTED,))).records == (LISTED,)
    assert struck(ResolverFault.CAPTIVE_PORTAL, A, Answer((LISTED,))).records == elsewhere
    assert struck(ResolverFault.DEAD, A, Answer((LISTED,))) == Answer()
    assert struck(ResolverFault.SERVER_FAILURE, TXT, Answer((LISTED,))) == UNANSWERED
    assert struck(ResolverFault.TIME_OUT, A, Answer((LISTED,))).records == (LISTED,)


def test_what_arrives_of_a_response() -> None:
    octets = bytes(12)
    assert FaultyResolver(ResolverFault.TIME_OUT, ZONE).response(octets, over_udp=True) is None
    cut = FaultyResolver(ResolverFault.TRUNCATED, ZONE)
    assert cut.response(octets, over_udp=True) == bytes([0, 0, 2]) + bytes(9)
    assert cut.response(octets, over_udp=False) is None
    assert FaultyResolver(ResolverFault.DEAD, ZONE).response(octets, over_udp=True) == octets


def test_a_fault_is_at_a_zone_for_a_time() -> None:
    fault = FaultyResolver(ResolverFault.VOLUME, ZONE, 10.0, 20.0)
    assert [fault.strikes(f"X.{ZONE}.", at) for at in (9.0, 10.0, 19.9, 20.0)] == [False, True, True, False]
    assert not fault.strikes("x.other.example", 10.0)
    assert FaultyResolver(ResolverFault.CAPTIVE_PORTAL, ZONE).strikes("x.other.example", 0.0)


def test_the_owner_of_a_list_keeps_test_points() -> None:
    world = World()
    world.add_listings([Listing("192.0.2.1", ZONE, 0.0)])
    points = usual_test_points(ZONE, of_domains=False)
    tested = TestedWorld.of(world, points)
    assert len(points) == 2
    assert [tested.answer(Question(name), 0.0).records for name in points] == [(LISTED,)] * 2
    assert tested.answer(A, 0.0).records == (LISTED,)
    assert tested.answer(Question(f"1.0.0.127.{ZONE}"), 0.0).records == ()
    assert tested.answer(Question(next(iter(points)), "TXT"), 0.0).records == ()
    assert usual_test_points("dbl.example.org", of_domains=True) == {"test.dbl.example.org": LISTED}


def test_a_record_of_the_world_comes_before_a_test_point() -> None:
    world = World()
    world.add(f"*.{ZONE}", "A", "127.255.255.254")
    tested = TestedWorld.of(world, usual_test_points(ZONE, of_domains=False))
    assert tested.answer(Question(f"2.0.0.127.{ZONE}"), 0.0).records == ("127.255.255.254",)
