"""Replaces names and addresses of real people and companies by made-up ones; a key makes this repeatable."""

from __future__ import annotations

import hashlib
import hmac
import random
from itertools import islice
from typing import Final, Protocol

from fake_gateways.people.made_up import FAMILY_NAMES, invent, made_up_domains
from fake_gateways.smtp.envelope import domain_of

_ROLES: Final = {
    "abuse", "accounting", "admin", "billing", "contact", "hello", "hr", "info", "jobs", "mail", "marketing", "office",
    "orders", "postmaster", "press", "sales", "security", "service", "support", "team", "webmaster",
}  # fmt: skip


class Naming(Protocol):
    """Returns the names that addresses, hosts and people have in a scenario. ``hides`` says that they are made up."""

    hides: bool

    def domain(self, name: str) -> str:
        """Return the scenario's name for a domain."""
        ...

    def address(self, address: str) -> str:
        """Return the scenario's name for a recipient's address."""
        ...

    def quoted_address(self, address: str) -> str:
        """Return the scenario's name for an address that a reply quotes."""
        ...

    def host(self, name: str) -> str:
        """Return the scenario's name for a host."""
        ...

    def ip(self, address: str) -> str:
        """Return the scenario's address for an IP address."""
        ...

    def person(self, name: str) -> str:
        """Return the scenario's name for a given or family name."""
        ...


class AsItIs:
    """Keeps the real names."""

    hides = False

    def domain(self, name: str) -> str:
        """Return the domain in lower case."""
        return name.lower()

    def address(self, address: str) -> str:
        """Return the address with its domain in lower case."""
        local, _, domain = address.rpartition("@")
        return f"{local}@{domain.lower()}"

    def quoted_address(self, address: str) -> str:
        """Return the address as it is."""
        return address

    def host(self, name: str) -> str:
        """Return the host as it is."""
        return name

    def ip(self, address: str) -> str:
        """Return the IP address as it is."""
        return address

    def person(self, name: str) -> str:
        """Return the name as it is."""
        return name


class Anonymiser:
    """Maps names by HMAC-SHA-256, so that names cannot be guessed without the key.

    The same key maps a name always to the same made-up name. If two names map to the same one, the later one gets a
    number; only for these does the order matter. Role addresses keep their local part.
    """

    hides = True

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._domains: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._taken: dict[str, int] = {}
        self._pool = sorted(islice(made_up_domains(0), 2000))

    def domain(self, name: str) -> str:
        """Return a company's domain below .example (RFC 2606)."""
        name = name.lower()
        found = self._domains.get(name)
        if found is None:
            found = self._free(self._pool[self._draw(name) % len(self._pool)], ".")
            self._domains[name] = found
        return found

    def address(self, address: str) -> str:
        """Return an ordinary address at the mapped domain."""
        key = address.lower()
        found = self._addresses.get(key)
        if found is None:
            found = self._free(self._made_up(key, self.domain(domain_of(key))), "@")
            self._addresses[key] = found
        return found

    def quoted_address(self, address: str) -> str:
        """Return the mapped address for one that a reply quotes.

        Only those of recipients are remembered, so that a log of ever new addresses does not fill the memory.
        """
        key = address.lower()
        return self._addresses.get(key) or self._made_up(key, self._quoted_domain(domain_of(key)))

    def host(self, name: str) -> str:
        """Return a host at the mapped domain; the domain itself if the name has no more than two labels."""
        name = name.lower().rstrip(".")
        labels = name.split(".")
        if name in self._domains or len(labels) < 3:
            return self._quoted_domain(name)
        # Like example.co.uk, a name below a country may have its company in the third label from the end.
        size = 3 if len(labels[-1]) == 2 and len(labels[-2]) <= 3 and len(labels) > 3 else 2
        return f"host.{self._quoted_domain('.'.join(labels[-size:]))}"

    def ip(self, address: str) -> str:
        """Return an address of a network for tests (RFC 2544) or for documents (RFC 3849)."""
        drawn = self._draw(address)
        if ":" in address:
            return f"2001:db8::{drawn % 65_535 + 1:x}"
        return f"198.18.{drawn % 256}.{drawn // 256 % 254 + 1}"

    def person(self, name: str) -> str:
        """Return a made-up family name, in upper or lower case as the name."""
        made_up = FAMILY_NAMES[self._draw(name.casefold()) % len(FAMILY_NAMES)]
        return made_up.upper() if name.isupper() else made_up if name.islower() else made_up.title()

    def _quoted_domain(self, name: str) -> str:
        return self._domains.get(name) or self._pool[self._draw(name) % len(self._pool)]

    def _made_up(self, address: str, domain: str) -> str:
        local = address.rpartition("@")[0]
        if local in _ROLES:
            return f"{local}@{domain}"
        return next(invent(1, [domain], (), random.Random(self._draw(address))))  # noqa: S311 - the seed has the secret

    def _free(self, name: str, before: str) -> str:
        """Return a name that is not taken; if necessary, with a number before the domain's dot or the at sign."""
        head, _, tail = name.partition(before)
        wanted = name
        while name in self._taken:
            # Continue at the last number: a large domain may have the same name thousands of times.
            self._taken[wanted] += 1
            name = f"{head}{self._taken[wanted]}{before}{tail}"
        self._taken[name] = 1
        return name

    def _draw(self, name: str) -> int:
        return int.from_bytes(hmac.new(self._key, name.encode(), hashlib.sha256).digest(), "big")
