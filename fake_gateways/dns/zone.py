"""The DNS records of a scenario: MX, A, PTR and TXT, and blocklists with a timetable."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Final, NamedTuple

from pydantic import AfterValidator

from fake_gateways.strict import InvalidValueError
from fake_gateways.verdict import UNANSWERED, Answer, Question

_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def parse_domain(value: str) -> str:
    """Return a domain name in lower case without a final dot; raises ValueError (RFC 1035 section 2.3)."""
    name = value.lower().removesuffix(".")
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise InvalidValueError(f"{value!r} is not a domain name", _remedy(name))
    return name


def _remedy(name: str) -> str:
    if name.isascii():
        return "write for example northwind.example"
    try:
        return f"write its A-label, as in DNS: {name.encode('idna').decode()}"
    except UnicodeError:
        return "write its A-label, as in DNS, which begins with xn--"


Domain = Annotated[str, AfterValidator(parse_domain)]

TTL_S: Final = 300.0
"""The TTL of every answer, in seconds; public blocklists commonly use it."""
_MAX_ALIASES: Final = 10
LISTED: Final = "127.0.0.2"
"""The usual answer of a blocklist for a listed address (RFC 5782 section 2.1)."""


@dataclass(frozen=True, slots=True)
class Listing:
    """An address that is on a blocklist for a time (``until`` None: for good), in seconds since the epoch."""

    address: str
    zone: str
    since: float
    until: float | None = None


class TimedRecord(NamedTuple):
    """A record that exists for a time (``until`` None: for good), in seconds since the epoch."""

    value: str
    since: float
    until: float | None

    def exists_at(self, at: float) -> bool:
        """Whether the record exists at a time."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass
class World:
    """All DNS records. Names are in lower case without the final dot; values are written as in a zone file.

    A name that begins with ``*.`` is a wildcard (RFC 4592).
    """

    _records: dict[Question, list[TimedRecord]] = field(default_factory=dict)
    _kinds: dict[str, set[str]] = field(default_factory=dict)
    _parents: set[str] = field(default_factory=set)
    _wild: bool = False

    def add(self, name: str, kind: str, *values: str, since: float = 0.0, until: float | None = None) -> None:
        """Add records to a name, for good or for a time."""
        key = Question(name.lower(), kind)
        self._records.setdefault(key, []).extend(TimedRecord(value, since, until) for value in values)
        self._kinds.setdefault(key.name, set()).add(kind)
        self._wild = self._wild or key.name.startswith("*.")
        labels = key.name.split(".")
        self._parents.update(".".join(labels[depth:]) for depth in range(1, len(labels)))

    def add_host(self, name: str, address: str) -> None:
        """Add a host's address record and its PTR record."""
        is_v6 = ipaddress.ip_address(address).version == 6
        self.add(name, "AAAA" if is_v6 else "A", address)
        self.add(ipaddress.ip_address(address).reverse_pointer, "PTR", f"{name.lower()}.")

    def add_listings(self, listings: Iterable[Listing]) -> None:
        """Put addresses on blocklists."""
        for listing in listings:
            name = blocklist_name(listing.address, listing.zone)
            self.add(name, "A", LISTED, since=listing.since, until=listing.until)
            self.add(name, "TXT", f'"Listed in {listing.zone}"', since=listing.since, until=listing.until)

    def answer(self, question: Question, at: float) -> Answer:
        """Answer a question at a time; the answer is empty if there is no such record."""
        name = question.name.lower().rstrip(".")
        for _ in range(_MAX_ALIASES):
            name = self._nearest(name, at)
            records = self._records_at(Question(name, question.kind), at)
            alias = () if records else self._records_at(Question(name, "CNAME"), at)
            if not alias:
                return Answer(records, TTL_S)
            # The answer is what a resolver finds at the end of the alias chain (RFC 1034 section 3.6.2).
            name = alias[0].lower().rstrip(".")
        return UNANSWERED

    def _records_at(self, question: Question, at: float) -> tuple[str, ...]:
        records = self._records.get(question)
        if records is None:
            return ()
        return tuple(dict.fromkeys(record.value for record in records if record.exists_at(at)))

    def ever(self, name: str, kind: str) -> tuple[str, ...]:
        """Return the records that are found for a name at any time, by aliases and wildcards too."""
        names = [name.lower().rstrip(".")]
        found: dict[str, None] = {}
        for asked in names:  # it grows by the aliases that are found
            for at in self._changes(asked):
                nearest = self._nearest(asked, at)
                records = self._records_at(Question(nearest, kind), at)
                found.update(dict.fromkeys(records))
                aliases = () if records else self._records_at(Question(nearest, "CNAME"), at)
                names += [alias for each in aliases[:1] if (alias := each.lower().rstrip(".")) not in names]
        return tuple(found)

    def _changes(self, name: str) -> list[float]:
        """Return the moments at which what answers for a name may change: a record of its own or of a wildcard."""
        labels = name.split(".")
        above = [".".join(labels[depth:]) for depth in range(1, len(labels))] if self._wild else []
        names = [name, *above, *(f"*.{parent}" for parent in above)]
        records = [
            record
            for each in names
            for kind in self._kinds.get(each, ())
            for record in self._records[Question(each, kind)]
        ]
        return sorted({0.0, *(each.since for each in records), *(each.until for each in records if each.until)})

    def exists(self, name: str, at: float) -> bool:
        """Whether the name exists at a time: NXDOMAIN if not, else no data (RFC 2308 section 2)."""
        return self._name_exists(self._nearest(name.lower().rstrip("."), at), at)

    def _nearest(self, name: str, at: float) -> str:
        """Return the name that answers for a name: itself, or the wildcard of its closest parent that exists."""
        if not self._wild or self._name_exists(name, at):
            return name
        labels = name.split(".")
        for depth in range(1, len(labels)):
            parent = ".".join(labels[depth:])
            if f"*.{parent}" in self._kinds:
                return f"*.{parent}"
            if self._name_exists(parent, at):
                break
        return name

    def _name_exists(self, name: str, at: float) -> bool:
        if name in self._parents:
            return True
        records = (record for kind in self._kinds.get(name, ()) for record in self._records[Question(name, kind)])
        return any(record.exists_at(at) for record in records)


@lru_cache(maxsize=4096)
def blocklist_name(address: str, zone: str) -> str:
    """Return the name to ask a blocklist for an address (RFC 5782 sections 2.1 and 2.4)."""
    pointer = ipaddress.ip_address(address).reverse_pointer
    return f"{pointer.removesuffix('.in-addr.arpa').removesuffix('.ip6.arpa')}.{zone}".lower()
