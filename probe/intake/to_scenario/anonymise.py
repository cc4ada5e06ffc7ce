"""Replaces names and addresses of real people and companies by made-up ones; a key makes this repeatable."""

from __future__ import annotations

import hashlib
import hmac
import random
from itertools import islice
from typing import Final, Protocol

from fake_gateways.people.made_up import invent, made_up_domains
from fake_gateways.smtp.envelope import domain_of

_ROLES: Final = {
    "abuse", "accounting", "admin", "billing", "contact", "hello", "hr", "info", "jobs", "mail", "marketing", "office",
    "orders", "postmaster", "press", "sales", "security", "service", "support", "team", "webmaster",
}  # fmt: skip


class Naming(Protocol):
    """Returns the names that addresses and domains have in a scenario."""

    def domain(self, name: str) -> str:
        """Return the scenario's name for a domain."""
        ...

    def address(self, address: str) -> str:
        """Return the scenario's name for a recipient's address."""
        ...


class AsItIs:
    """Keeps the real names."""

    def domain(self, name: str) -> str:
        """Return the domain in lower case."""
        return name.lower()

    def address(self, address: str) -> str:
        """Return the address with its domain in lower case."""
        local, _, domain = address.rpartition("@")
        return f"{local}@{domain.lower()}"


class Anonymiser:
    """Maps names by HMAC-SHA-256, so that names cannot be guessed without the key.

    The same key maps a name always to the same made-up name. If two names map to the same one, the later one gets a
    number; only for these does the order matter. Role addresses keep their local part.
    """

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
            local = key.rpartition("@")[0]
            domain = self.domain(domain_of(key))
            if local in _ROLES:
                found = self._free(f"{local}@{domain}", "@")
            else:
                rng = random.Random(self._draw(key))  # noqa: S311 - the secret is in the seed
                found = self._free(next(invent(1, [domain], (), rng)), "@")
            self._addresses[key] = found
        return found

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
