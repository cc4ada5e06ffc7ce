"""Names of the scenario's world, and blocklists on a timetable (RFC 5782, RFC 2308)."""

from __future__ import annotations

import pytest

from fake_gateways.verdict import Answer, Question
from fake_gateways.zone import LISTED, TTL_S, Listing, World, blocklist_name

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
