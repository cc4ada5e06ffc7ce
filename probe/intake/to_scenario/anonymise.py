"""Names and addresses of real people and companies, replaced by made-up ones: by a key, and repeatably."""

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
    """Gives every address and domain the name it goes by in a scenario."""

    def domain(self, name: str) -> str:
        """Return what a company's domain is called."""
        ...

    def address(self, address: str) -> str:
        """Return what a recipient's address is called."""
        ...


class AsItIs:
    """Keeps every name."""

    def domain(self, name: str) -> str:
        """Return the domain."""
        return name.lower()

    def address(self, address: str) -> str:
        """Return the address, its domain in lower case."""
        local, _, domain = address.rpartition("@")
        return f"{local}@{domain.lower()}"


class Anonymiser:
    """Maps by HMAC-SHA-256, so that nobody without the key can try names out.

    The same key maps the same name to the same made-up one. Where two names would fall on one, the later gets a number
    behind it; so the order of arrival counts for these few alone. Role addresses keep their local part.
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
        """Return a name that nobody has, with a number before the domain's dot or the address's at sign if need be."""
        head, _, tail = name.partition(before)
        wanted = name
        while name in self._taken:
            # Where the last one ended: a large domain has the same name thousands of times.
            self._taken[wanted] += 1
            name = f"{head}{self._taken[wanted]}{before}{tail}"
        self._taken[name] = 1
        return name

    def _draw(self, name: str) -> int:
        return int.from_bytes(hmac.new(self._key, name.encode(), hashlib.sha256).digest(), "big")
