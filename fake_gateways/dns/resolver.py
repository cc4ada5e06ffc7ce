"""Sends DNS queries over UDP, and over TCP if the answer was truncated, with dnspython."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import dns.asyncresolver
import dns.exception
import dns.resolver

from fake_gateways.loopback import Network, require_inside
from fake_gateways.verdict import Answer, Question

PATIENCE_S: Final = 5.0


class Resolver:
    """A resolver with one nameserver, the scenario's."""

    def __init__(self, address: str, port: int, *, allowed: Sequence[Network] = ()) -> None:
        """Raise OutsideError if the nameserver is not on this machine."""
        require_inside(address, allowed)
        self._resolver = dns.asyncresolver.Resolver(configure=False)
        self._resolver.nameservers = [address]
        self._resolver.port = port
        self._resolver.lifetime = PATIENCE_S

    async def ask(self, question: Question) -> Answer:
        """Return the records: none if the name or the record does not exist, ``failed`` if there was no answer."""
        try:
            found = await self._resolver.resolve(f"{question.name}.", question.kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as missing:
            return Answer(ttl_s=_negative_ttl(missing))
        except dns.exception.DNSException:
            return Answer(failed=True, ttl_s=0.0)
        rrset = found.rrset
        if rrset is None:
            return Answer()
        return Answer(tuple(record.to_text() for record in rrset), float(rrset.ttl))


def _negative_ttl(missing: dns.exception.DNSException) -> float:
    """Return the negative TTL from the SOA record, in seconds (RFC 2308 section 5)."""
    responses = missing.kwargs.get("responses", {}).values() if isinstance(missing, dns.resolver.NXDOMAIN) else ()
    response = missing.kwargs.get("response") or next(iter(responses), None)
    for rrset in response.authority if response is not None else ():
        return float(min(rrset.ttl, rrset[0].minimum))
    return 0.0
