"""The scenario's names: MX, A, PTR and TXT records, and blocklists whose listings follow a timetable."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Final

from pydantic import AfterValidator

from fake_gateways.verdict import Answer, Question

_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def parse_domain(value: str) -> str:
    """Return a domain name in lower case without a final dot; raises ValueError (RFC 1035 section 2.3)."""
    name = value.lower().removesuffix(".")
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
        msg = f"{value!r} is no domain name; write for example northwind.example"
        raise ValueError(msg)
    return name


Domain = Annotated[str, AfterValidator(parse_domain)]

TTL_S: Final = 300.0
"""How long an answer may be remembered, listed or not: what public blocklists commonly set."""
LISTED: Final = "127.0.0.2"
"""The usual answer of a blocklist for a listed address (RFC 5782 section 2.1)."""


@dataclass(frozen=True, slots=True)
class Listing:
    """An address on a blocklist from one moment to another (None: for good), seconds since the epoch."""

    address: str
    zone: str
    since: float
    until: float | None = None

    def stands(self, at: float) -> bool:
        """Whether the address is listed at a moment."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass
class World:
    """Every name there is. Names in lower case without the final dot; values as a zone file would write them."""

    records: dict[Question, tuple[str, ...]] = field(default_factory=dict)
    _listings: dict[str, list[Listing]] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)

    def add(self, name: str, kind: str, *values: str) -> None:
        """Add records to a name."""
        key = Question(name.lower(), kind)
        self.records[key] = self.records.get(key, ()) + values
        labels = key.name.split(".")
        self._names.update(".".join(labels[depth:]) for depth in range(len(labels)))

    def add_host(self, name: str, address: str) -> None:
        """Add a host with its address record and the pointer back."""
        is_v6 = ipaddress.ip_address(address).version == 6
        self.add(name, "AAAA" if is_v6 else "A", address)
        self.add(ipaddress.ip_address(address).reverse_pointer, "PTR", f"{name.lower()}.")

    def add_listings(self, listings: Iterable[Listing]) -> None:
        """Put addresses on blocklists."""
        for listing in listings:
            self._listings.setdefault(blocklist_name(listing.address, listing.zone), []).append(listing)

    def answer(self, question: Question, at: float) -> Answer:
        """Answer a question as of a moment; an empty answer where there is no such record."""
        question = Question(question.name.lower().rstrip("."), question.kind)
        listings = self._listings.get(question.name)
        if listings is not None:
            if not any(listing.stands(at) for listing in listings):
                return Answer(ttl_s=TTL_S)
            told = {"A": (LISTED,), "TXT": (f'"Listed in {listings[0].zone}"',)}
            return Answer(told.get(question.kind, ()), TTL_S)
        return Answer(self.records.get(question, ()), TTL_S)

    def exists(self, name: str, at: float) -> bool:
        """Whether a name exists at all, or only the record asked for is missing (RFC 2308 section 2)."""
        name = name.lower().rstrip(".")
        listings = self._listings.get(name)
        if listings is not None:
            return any(listing.stands(at) for listing in listings)
        return name in self._names


def blocklist_name(address: str, zone: str) -> str:
    """Return the name to ask a blocklist for an address (RFC 5782 sections 2.1 and 2.4)."""
    pointer = ipaddress.ip_address(address).reverse_pointer
    return f"{pointer.removesuffix('.in-addr.arpa').removesuffix('.ip6.arpa')}.{zone}".lower()
