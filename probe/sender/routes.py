"""The route of mail for a domain: its mail exchangers by the DNS at that time, or the smart host."""

from __future__ import annotations

import random
from collections.abc import Collection

from fake_gateways.dns.mx_lookup import Exchanger, Way, way_to
from fake_gateways.needs import Ask


class Routes:
    """Looks up routes, and caches each for its TTL. ``seed`` orders exchangers of equal preference."""

    def __init__(self, ask: Ask, seed: str, smart_host: Exchanger | None = None) -> None:
        self._ask = ask
        self._rng = random.Random(seed)  # noqa: S311 - a simulation must be repeatable
        self._smart = None if smart_host is None else Way((smart_host,))
        self._known: dict[str, tuple[Way, float]] = {}

    async def to(self, domain: str, at: float) -> Way:
        """Return the route to a domain at a moment."""
        if self._smart is not None:
            return self._smart
        way, until = self._known.get(domain, (None, 0.0))
        if way is None or at >= until:
            way = await way_to(domain, self._ask, lambda _: self._rng.random())
            self._known[domain] = way, at + way.ttl_s
        return way

    def has_another(self, domain: str, tried: Collection[str]) -> bool:
        """Whether the route found last has an exchanger that is not among those tried."""
        way = self._smart or self._known[domain][0]
        return any(exchanger.address not in tried for exchanger in way.exchangers)
