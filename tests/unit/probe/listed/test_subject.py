"""What is looked up, and under which names."""

from __future__ import annotations

import pytest

from probe.input_error import InputError
from probe.listed.lists import shipped, unknown_list
from probe.listed.subject import ControlNames, Subject, addresses_of, also_on_lists, domains_of, name_on, names_to_test

ADDRESSES = unknown_list("bl.example.org", "addresses")
DOMAINS = unknown_list("dbl.example.org", "domains")
V4, V6, DOMAIN = Subject("192.0.2.1", "address"), Subject("2001:db8::1", "address"), Subject("acme.example", "domain")


def test_addresses_are_asked_in_reverse_and_domains_as_they_are() -> None:
    assert name_on(ADDRESSES, V4) == "1.2.0.192.bl.example.org"
    assert name_on(ADDRESSES, V6) == f"{'1.' + '0.' * 23}8.b.d.0.1.0.0.2.bl.example.org"
    assert name_on(DOMAINS, DOMAIN) == "acme.example.dbl.example.org"
    assert name_on(DOMAINS, V4) is None
    assert name_on(ADDRESSES, DOMAIN) is None
    assert name_on(ADDRESSES.model_copy(update={"ipv6": False}), V6) is None


def test_the_test_points_are_those_of_rfc_5782() -> None:
    v6 = "0.0.0.0.0.f.7.f.f.f.f." + "0." * 20
    assert names_to_test(ADDRESSES, [V4]) == [("2.0.0.127.bl.example.org", "1.0.0.127.bl.example.org")]
    assert names_to_test(ADDRESSES, [V6, V4]) == [
        ("2.0.0.127.bl.example.org", "1.0.0.127.bl.example.org"),
        (f"2.{v6}bl.example.org", f"1.{v6}bl.example.org"),
    ]
    assert names_to_test(DOMAINS, [DOMAIN]) == [ControlNames("test.dbl.example.org", "invalid.dbl.example.org")]
    assert names_to_test(ADDRESSES, []) == []


def test_a_list_may_have_a_test_point_of_its_own() -> None:
    (dbl,) = (each for each in shipped().list_ if each.zone == "dbl.spamhaus.org")
    assert names_to_test(dbl, [DOMAIN])[0].listed == "dbltest.com.dbl.spamhaus.org"
    own = ADDRESSES.model_copy(update={"test_point": "sample"})
    assert names_to_test(own, [V4])[0].listed == "sample.bl.example.org"


def test_addresses_and_small_networks_are_read() -> None:
    assert [each.name for each in addresses_of(["192.0.2.1, 192.0.2.8/31", "2001:DB8::1"])] == [
        "192.0.2.1",
        "192.0.2.8",
        "192.0.2.9",
        "2001:db8::1",
    ]


def test_domains_are_read_and_their_organizational_domains_are_looked_for_too() -> None:
    domains = domains_of(["News.Acme.co.uk,acme.example"])
    assert [each.name for each in domains] == ["news.acme.co.uk", "acme.example"]
    others = also_on_lists(domains, "bounce.acme.example")
    assert [each.name for each in others] == ["acme.co.uk", "bounce.acme.example"]
    assert also_on_lists(domains_of(["acme.example"]), "") == []


@pytest.mark.parametrize(
    "text", ["192.0.2", "192.0.2.1/24", "acme.example", "10.0.0.0/8", "2001:db8::/64", "fe80::1%eth0"]
)
def test_what_is_no_address_or_too_many_is_told(text: str) -> None:
    with pytest.raises(InputError, match=r"^--addresses: "):
        addresses_of([text])


@pytest.mark.parametrize("text", ["acme", "a b.example", "192.0.2.1/24"])
def test_what_is_no_domain_is_told(text: str) -> None:
    with pytest.raises(InputError, match=r"^--domains: "):
        domains_of([text])
