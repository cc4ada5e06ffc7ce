"""What is looked up, and under which names: addresses and domains, and the test points of lists."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from fake_gateways.dns.zone import blocklist_name, parse_domain
from fake_gateways.policies.dmarc import organizational_domain
from fake_gateways.strict import InvalidValueError
from probe.input_error import InputError
from probe.listed.lists import BlockList

NONEXISTENT: Final = "a-name-that-cannot-exist.invalid"
"""No name below ``invalid`` exists (RFC 6761 section 6.4)."""
MOST_ADDRESSES: Final = 1024
_TESTS: Final = {4: ("127.0.0.2", "127.0.0.1"), 6: ("::ffff:7f00:2", "::ffff:7f00:1")}
_TEST_DOMAINS: Final = ("test", "invalid")


class Subject(NamedTuple):
    """An IP address in its usual form, or a domain in lower case."""

    name: str
    kind: Literal["address", "domain"]


class ControlNames(NamedTuple):
    """The names that are on a list, and on none (RFC 5782 section 5), each below the list's zone."""

    listed: str
    not_listed: str


def name_on(blocklist: BlockList, subject: Subject) -> str | None:
    """Return the name to ask a list about a subject; None if it does not list such things."""
    if subject.kind == "domain":
        return f"{subject.name}.{blocklist.zone}" if blocklist.of == "domains" else None
    is_v6 = ":" in subject.name
    if blocklist.of != "addresses" or (is_v6 and not blocklist.ipv6):
        return None
    return blocklist_name(subject.name, blocklist.zone)


def names_to_test(blocklist: BlockList, subjects: Iterable[Subject]) -> list[ControlNames]:
    """Return the test points to ask before the subjects: those of IPv4, of IPv6, or of domains."""
    zone = blocklist.zone
    if blocklist.of == "domains":
        listed, not_listed = blocklist.test_point or _TEST_DOMAINS[0], _TEST_DOMAINS[1]
        return [ControlNames(f"{listed}.{zone}", f"{not_listed}.{zone}")]
    versions = sorted({6 if ":" in each.name else 4 for each in subjects if name_on(blocklist, each)})
    found = [ControlNames(*(blocklist_name(each, zone) for each in _TESTS[version])) for version in versions]
    if blocklist.test_point is not None and found:
        found[0] = found[0]._replace(listed=f"{blocklist.test_point}.{zone}")
    return found


def addresses_of(texts: Iterable[str]) -> list[Subject]:
    """Return the addresses that options name: addresses or small networks, with commas between them.

    Raises InputError.
    """
    found: dict[str, None] = {}
    for text in _parts(texts):
        try:
            network = ipaddress.ip_network(text if "%" not in text else "")  # a zone is of one link
        except ValueError:
            problem = f"{text!r} is neither an IP address nor a network"
            raise InputError("--addresses", problem, "write for example 192.0.2.1,192.0.2.16/28") from None
        if network.num_addresses + len(found) > MOST_ADDRESSES:
            problem = f"names more than {MOST_ADDRESSES:,} addresses"
            raise InputError("--addresses", problem, "name those that you send from")
        found |= dict.fromkeys(map(str, network))
    return [Subject(each, "address") for each in found]


def domains_of(texts: Iterable[str]) -> list[Subject]:
    """Return the domains that options name; raises InputError."""
    found: dict[str, None] = {}
    for text in _parts(texts):
        try:
            found[parse_domain(text)] = None
        except InvalidValueError as error:
            raise InputError("--domains", error.problem, error.remedy) from None
    return [Subject(each, "domain") for each in found]


def also_on_lists(domains: Iterable[Subject], return_path: str) -> list[Subject]:
    """Return what else to look for on lists: organizational domains, as lists hold them, and the return-path."""
    names = [name for name, _ in domains]
    more = [*names, *([return_path] if return_path else [])]
    return [
        Subject(each, "domain")
        for each in dict.fromkeys([*map(organizational_domain, more), *more])
        if each not in names
    ]


def _parts(texts: Iterable[str]) -> list[str]:
    return [part for text in texts for each in text.split(",") if (part := each.strip())]
