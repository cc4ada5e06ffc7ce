"""Names of the scenario's world, and blocklists on a timetable (RFC 5782, RFC 2308)."""

from __future__ import annotations

import pytest

from fake_gateways.dns.zone import LISTED, TTL_S, Listing, World, blocklist_name
from fake_gateways.verdict import Answer, Question

ZONE = "bl.reputation.example"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("127.10.0.2", f"2.0.10.127.{ZONE}"),
        ("192.0.2.99", f"99.2.0.192.{ZONE}"),
        # The example of RFC 5782 section 2.4.
        ("2001:db8:1:2:3:4:567:89ab", f"b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.{ZONE}"),
        ("::1", f"1.{'0.' * 31}{ZONE}"),
    ],
)
def test_a_blocklist_is_asked_under_the_reversed_address(address: str, name: str) -> None:
    assert blocklist_name(address, ZONE) == name
    assert blocklist_name(address, ZONE.upper()) == name


@pytest.fixture
def world() -> World:
    """Return a world with a host on both networks, an exchanger, and a listing from 100 to 200."""
    world = World()
    world.add("Northwind.example", "MX", "10 mx.northwind.example.")
    world.add("northwind.example", "MX", "20 mx2.northwind.example.")
    world.add_host("mx.northwind.example", "127.1.0.1")
    world.add_host("MX6.northwind.example", "::1")
    world.add_listings([Listing("127.10.0.2", ZONE, 100.0, 200.0), Listing("127.10.0.3", ZONE, 100.0)])
    return world


@pytest.mark.parametrize(
    ("name", "kind", "records"),
    [
        ("northwind.example", "MX", ("10 mx.northwind.example.", "20 mx2.northwind.example.")),
        ("NORTHWIND.example.", "MX", ("10 mx.northwind.example.", "20 mx2.northwind.example.")),
        ("mx.northwind.example", "A", ("127.1.0.1",)),
        ("mx6.northwind.example", "AAAA", ("::1",)),
        ("mx6.northwind.example", "A", ()),
        ("1.0.1.127.in-addr.arpa", "PTR", ("mx.northwind.example.",)),
        (f"1.{'0.' * 31}ip6.arpa", "PTR", ("mx6.northwind.example.",)),
        ("nobody.example", "A", ()),
    ],
)
def test_records_are_found_in_any_case_with_or_without_the_final_dot(
    world: World, name: str, kind: str, records: tuple[str, ...]
) -> None:
    assert world.answer(Question(name, kind), 0.0) == Answer(records, TTL_S)


@pytest.mark.parametrize(("at", "listed"), [(99.9, False), (100.0, True), (199.9, True), (200.0, False)])
def test_a_listing_stands_from_its_first_moment_up_to_but_not_at_its_last(
    world: World,
    at: float,
    *,
    listed: bool,
) -> None:
    name = blocklist_name("127.10.0.2", ZONE)
    assert world.answer(Question(name), at).records == ((LISTED,) if listed else ())
    assert bool(world.answer(Question(name, "TXT"), at).records) is listed
    assert world.exists(name, at) is listed


def test_a_listing_without_an_end_stands_for_good(world: World) -> None:
    assert world.answer(Question(blocklist_name("127.10.0.3", ZONE)), 1e12).records == (LISTED,)


def test_a_listed_address_has_no_records_of_other_kinds_but_its_name_exists(world: World) -> None:
    name = blocklist_name("127.10.0.3", ZONE)
    assert world.answer(Question(name, "MX"), 150.0).records == ()
    assert world.exists(name, 150.0)


@pytest.mark.parametrize(
    ("name", "exists"),
    [
        ("northwind.example", True),
        ("Mx.Northwind.Example.", True),
        ("example", True),  # a name above a name exists though it holds nothing (RFC 8020)
        ("nobody.northwind.example", False),
        ("thwind.example", False),
    ],
)
def test_a_name_exists_when_it_or_something_below_it_was_added(
    world: World,
    name: str,
    *,
    exists: bool,
) -> None:
    assert world.exists(name, 0.0) is exists


def texts(world: World, name: str, kind: str = "A", at: float = 0.0) -> tuple[str, ...]:
    return world.answer(Question(name, kind), at).records


def test_a_record_may_stand_for_a_time() -> None:
    world = World()
    world.add("acme.example", "TXT", '"old"', until=100.0)
    world.add("acme.example", "TXT", '"new"', since=100.0)
    assert [texts(world, "acme.example", "TXT", at) for at in (99.9, 100.0)] == [('"old"',), ('"new"',)]


def test_a_name_exists_only_while_a_record_of_it_stands() -> None:
    world = World()
    world.add("acme.example", "A", "127.0.0.1", since=10.0, until=20.0)
    assert [world.exists("acme.example", at) for at in (9.0, 10.0, 20.0)] == [False, True, False]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("1.0.0.127.bl.example", ("127.255.255.254",)),
        ("a.b.bl.example", ("127.255.255.254",)),
        ("own.bl.example", ("127.0.0.2",)),
        ("below.own.bl.example", ()),
        ("bl.example", ()),
        ("example", ()),
    ],
)
def test_a_wildcard_stands_for_names_that_have_nothing_of_their_own(name: str, found: tuple[str, ...]) -> None:
    """RFC 4592 section 2.2.1: not for a name that exists, nor for what is below one."""
    world = World()
    world.add("*.bl.example", "A", "127.255.255.254")
    world.add("own.bl.example", "A", "127.0.0.2")
    assert texts(world, name) == found


def test_an_alias_is_followed_and_a_circle_is_a_failure() -> None:
    world = World()
    world.add("www.example", "CNAME", "host.example.")
    world.add("host.example", "A", "127.0.0.9")
    world.add("round.example", "CNAME", "about.example.")
    world.add("about.example", "CNAME", "round.example.")
    assert texts(world, "www.example") == ("127.0.0.9",)
    assert world.answer(Question("round.example", "A"), 0.0).failed


def test_what_a_name_ever_has_is_found_by_aliases_wildcards_and_at_any_time() -> None:
    world = World()
    world.add("*.shops.example", "MX", "10 mail.acme.example.")
    world.add("own.shops.example", "MX", "10 own.example.")
    world.add("moved.shops.example", "MX", "10 first.example.", until=50.0)
    world.add("mail.acme.example", "CNAME", "mx.acme.example.", until=100.0)
    world.add("mail.acme.example", "CNAME", "www.acme.example.", since=100.0)
    world.add("mx.acme.example", "A", "127.0.0.9")
    world.add("*.acme.example", "A", "127.0.0.8")
    world.add("round.example", "CNAME", "round.example.")
    assert world.ever("A.shops.example.", "MX") == ("10 mail.acme.example.",)
    assert world.ever("own.shops.example", "MX") == ("10 own.example.",)
    assert world.ever("moved.shops.example", "MX") == ("10 first.example.", "10 mail.acme.example.")
    assert world.ever("mail.acme.example", "A") == ("127.0.0.9", "127.0.0.8")
    assert world.ever("round.example", "A") == ()
