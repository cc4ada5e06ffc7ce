"""Checks of an address: its name, whether the name leads back to it, and the name in HELO."""

from __future__ import annotations

import ipaddress
from typing import Final

from fake_gateways.policies.dns_replay import Lookup
from probe.listed.posture.finding import Finding, Grade
from probe.listed.posture.with_answers import must_answer

_MOST_NAMES: Final = 10


def reverse_name(address: str, lookup: Lookup) -> Finding:
    """Check the PTR record, and that a name of it leads back (RFC 1912 section 2.1; RFC 8601 section 2.7.3)."""
    ask = must_answer(lookup)
    names = _names_of(address, ask)
    if not names:
        return Finding(address, "ptr", Grade.WRONG, "has no name (PTR record), for which many receivers refuse mail")
    confirmed = [name for name in names if address in _addresses_of(name, address, ask)]
    if confirmed:
        return Finding(address, "ptr", Grade.GOOD, f"{confirmed[0]}, which leads back to it")
    return Finding(address, "ptr", Grade.WRONG, f"{names[0]}, which does not lead back to it")


def helo_name(address: str, helo: str, lookup: Lookup) -> Finding:
    """Check that the name in HELO has the address (RFC 5321 section 4.1.4 forbids to refuse mail for it alone)."""
    ask = must_answer(lookup)
    found = _addresses_of(helo, address, ask)
    if address in found:
        return Finding(address, "helo", Grade.GOOD, f"{helo} has this address")
    says = f"{helo} has another address" if found else f"{helo} has no address"
    return Finding(address, "helo", Grade.WEAK, says)


def _names_of(address: str, ask: Lookup) -> list[str]:
    pointer = ipaddress.ip_address(address).reverse_pointer
    return [each.rstrip(".").lower() for each in ask(pointer, "PTR").records][:_MOST_NAMES]


def _addresses_of(name: str, like: str, ask: Lookup) -> list[str]:
    kind = "AAAA" if ":" in like else "A"
    return [str(ipaddress.ip_address(each)) for each in ask(name, kind).records]
