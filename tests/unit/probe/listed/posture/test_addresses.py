"""The name of an address leads back to it, and so does the name in HELO."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fake_gateways.policies.dns_replay import Lookup
from fake_gateways.verdict import Answer
from probe.listed.posture.addresses import helo_name, reverse_name
from probe.listed.posture.finding import Grade

PTR, PTR_V6 = "1.2.0.192.in-addr.arpa", f"{'1.' + '0.' * 23}8.b.d.0.1.0.0.2.ip6.arpa"


def knowing(records: Mapping[tuple[str, str], tuple[str, ...]]) -> Lookup:
    """Return a lookup in a table."""
    return lambda name, kind: Answer(records.get((name, kind), ()))


@pytest.mark.parametrize(
    ("records", "grade", "says"),
    [
        ({}, Grade.WRONG, "has no name"),
        ({(PTR, "PTR"): ("mta.acme.example.",)}, Grade.WRONG, "does not lead back"),
        (
            {(PTR, "PTR"): ("Mta.acme.example.",), ("mta.acme.example", "A"): ("192.0.2.1",)},
            Grade.GOOD,
            "mta.acme.example, which leads back to it",
        ),
        (
            {(PTR, "PTR"): ("old.example.", "mta.acme.example."), ("mta.acme.example", "A"): ("192.0.2.1",)},
            Grade.GOOD,
            "mta.acme.example",
        ),
    ],
)
def test_the_name_of_an_address_must_lead_back(
    records: Mapping[tuple[str, str], tuple[str, ...]], grade: Grade, says: str
) -> None:
    found = reverse_name("192.0.2.1", knowing(records))
    assert (found.grade, found.check) == (grade, "ptr")
    assert says in found.says


def test_an_ipv6_address_is_compared_whatever_way_it_is_written() -> None:
    records = {(PTR_V6, "PTR"): ("mta.acme.example.",), ("mta.acme.example", "AAAA"): ("2001:DB8:0::1",)}
    assert reverse_name("2001:db8::1", knowing(records)).grade is Grade.GOOD


def test_the_name_in_helo_should_have_the_address() -> None:
    good = {("mta.acme.example", "A"): ("192.0.2.1", "192.0.2.2")}
    assert helo_name("192.0.2.2", "mta.acme.example", knowing(good)).grade is Grade.GOOD
    assert "another address" in helo_name("192.0.2.3", "mta.acme.example", knowing(good)).says
    assert "no address" in helo_name("192.0.2.3", "mta.acme.example", knowing({})).says
