"""MX lookup: the mail exchangers of a domain in order (RFC 5321 section 5.1, RFC 7505)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fake_gateways.needs import Ask
from fake_gateways.verdict import Answer, Question

NULL_MX = "the domain takes no mail (null MX)"
NOT_THERE = "the domain has neither exchanger nor address"
NO_ADDRESS = "no exchanger of the domain has an address"
NO_ANSWER = "the nameserver does not answer"


class Exchanger(NamedTuple):
    """A mail exchanger and one of its IP addresses."""

    host: str
    address: str


class Way(NamedTuple):
    """The exchangers of a domain in order of preference; ``obstacle`` says why there are none.

    ``may_clear`` means that a later lookup may succeed. ``ttl_s`` is how long the result may be cached, in seconds.
    """

    exchangers: tuple[Exchanger, ...] = ()
    obstacle: str = ""
    may_clear: bool = False
    ttl_s: float = 0.0


def _in_order(host: str) -> float:
    del host
    return 0.0


async def way_to(domain: str, ask: Ask, tie_break: Callable[[str], float] = _in_order) -> Way:
    """Look up a domain's exchangers, each with all of its addresses.

    A null MX means that the domain accepts no mail (RFC 7505 section 3). A domain without MX is its own exchanger if it
    has an address. Exchangers of equal preference are sorted by ``tie_break`` (RFC 5321 section 5.1).
    """
    answer = await ask(Question(domain, "MX"))
    if answer.failed:
        return Way(obstacle=NO_ANSWER, may_clear=True)
    found = sorted(
        (int(preference), tie_break(host), host.rstrip(".").lower())
        for preference, host in (record.split(maxsplit=1) for record in answer.records)
    )
    hosts = [host for _, _, host in found]
    if hosts == [""]:
        return Way(obstacle=NULL_MX, ttl_s=answer.ttl_s)
    ttl_s = answer.ttl_s
    exchangers: list[Exchanger] = []
    answered = True
    for host in filter(None, hosts or [domain]):
        for kind in ("A", "AAAA"):
            addresses: Answer = await ask(Question(host, kind))
            answered = answered and not addresses.failed
            exchangers += (Exchanger(host, address) for address in addresses.records)
    if exchangers:
        return Way(tuple(exchangers), ttl_s=ttl_s)
    if not answered:
        return Way(obstacle=NO_ANSWER, may_clear=True)
    return Way(obstacle=NO_ADDRESS if hosts else NOT_THERE, ttl_s=ttl_s)
