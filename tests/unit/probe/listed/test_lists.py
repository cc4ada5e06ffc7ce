"""The data file of blocklists: complete facts with sources, dead lists apart, one sentence for a mistake."""

from __future__ import annotations

from typing import Any

import pytest

from probe.input_error import InputError
from probe.listed.lists import checked, shipped, unknown_list

GOOD: dict[str, Any] = {
    "zone": "bl.acme.example",
    "name": "Acme",
    "of": "addresses",
    "why": "sent spam",
    "leave": "https://acme.example",
    "source": "https://acme.example",
}


def test_the_lists_that_come_along_have_sources_and_none_is_dead() -> None:
    lists = shipped()
    assert len(lists.alive) == len(lists.list_) > 10
    assert len(lists.dead) > 10
    assert [each.zone for each in (*lists.list_, *lists.dead) if not each.source.startswith("http")] == []
    assert {each.of for each in lists.list_} == {"addresses", "domains"}


@pytest.mark.parametrize("zone", ["sorbs.net", "dul.dnsbl.sorbs.net", "ix.dnsbl.manitu.net"])
def test_a_dead_list_is_not_asked_whoever_names_it(zone: str) -> None:
    lists = checked({"list": [GOOD, {**GOOD, "zone": zone}]}, "lists.toml").with_dead(shipped().dead)
    assert [each.zone for each in lists.alive] == ["bl.acme.example"]
    assert lists.death_of(zone) is not None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"zone": "acme"}, "lists.toml: list[0].zone: 'acme' is not a domain name"),
        ({"of": "urls"}, "lists.toml: list[0].of: is 'urls'"),
        ({"codes": {"192.0.2.1": "x"}}, "'192.0.2.1' is not an address in 127.0.0.0/8"),
        ({"codes": {"127.255.255.254": "x"}}, "127.255.255.254 is an error, not a listing"),
        ({"codes": {"127.0.0.1": "x"}}, "127.0.0.1 is an error, not a listing"),
        ({"bits": {"3": "x"}}, "'3' is not a bit of an octet"),
        ({"bits": {"2": "x"}, "codes": {"127.0.0.2": "x"}}, "has codes and bits"),
        ({"of": "domains", "ipv6": True}, "lists domains, so it has no ipv6"),
        ({"leaf": "x"}, "lists.toml: list[0].leaf: is not a known key"),
    ],
)
def test_a_mistake_is_told_with_its_place(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        checked({"list": [GOOD | change]}, "lists.toml")
    assert sentence in str(caught.value)


def test_every_mistake_is_told_and_no_list_is_named_twice() -> None:
    with pytest.raises(InputError) as caught:
        checked({"list": [GOOD | {"zone": "a", "of": "b"}]}, "lists.toml")
    assert len(caught.value.others) == 1
    with pytest.raises(InputError, match=r"lists\.toml: has the list bl\.acme\.example twice"):
        checked({"list": [GOOD, GOOD]}, "lists.toml")
    with pytest.raises(InputError, match=r"list: is missing"):
        checked({}, "lists.toml")


def test_a_zone_of_a_scenario_is_a_known_list_or_one_of_which_only_the_zone_is_known() -> None:
    assert unknown_list("zen.spamhaus.org", "addresses").name == "Spamhaus ZEN"
    assert unknown_list("zen.spamhaus.org", "domains").codes == {}
    assert unknown_list("bl.reputation.example", "addresses").ipv6
    assert not unknown_list("dbl.reputation.example", "domains").ipv6
