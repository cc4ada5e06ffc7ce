"""What can go wrong between a client and a blocklist, so that the client gets something else than the list's answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from fake_gateways.dns.zone import LISTED, World, blocklist_name
from fake_gateways.verdict import UNANSWERED, Answer, Question


class ResolverFault(StrEnum):
    """A fault, as a resolver or the list itself makes it.

    Error codes in place of an answer (docs.spamhaus.com, uribl.com, dnswl.org); ``outside``: answers in 127.0.0.0/8 are
    replaced; ``rewritten``: names that do not exist get an address; ``dead``: the list is empty; ``captive-portal``:
    every name of any zone has the same address.
    """

    WRONG_NAME = "wrong-name"
    PUBLIC_RESOLVER = "public-resolver"
    VOLUME = "volume"
    QUERY_REFUSED = "query-refused"
    QUOTA = "quota"
    WRONG_KIND = "wrong-kind"
    OUTSIDE = "outside"
    REWRITTEN = "rewritten"
    SERVER_FAILURE = "server-failure"
    TIME_OUT = "time-out"
    TRUNCATED = "truncated"
    DEAD = "dead"
    LISTS_THE_WORLD = "lists-the-world"
    CAPTIVE_PORTAL = "captive-portal"


_CODES: Final = {
    ResolverFault.WRONG_NAME: "127.255.255.252",
    ResolverFault.PUBLIC_RESOLVER: "127.255.255.254",
    ResolverFault.VOLUME: "127.255.255.255",
    ResolverFault.QUERY_REFUSED: "127.0.0.1",
    ResolverFault.QUOTA: "127.0.0.255",
    ResolverFault.WRONG_KIND: "127.0.1.255",
    ResolverFault.LISTS_THE_WORLD: LISTED,
}
_ELSEWHERE: Final = "203.0.113.80"
_TC: Final = 0x02
"""The flag of a truncated response in the third octet (RFC 1035 section 4.1.1)."""


@dataclass(frozen=True, slots=True)
class FaultyResolver:
    """A resolver with a fault at a zone for a time, in seconds since the epoch (``until`` None: for good)."""

    fault: ResolverFault
    zone: str
    since: float = 0.0
    until: float | None = None

    def strikes(self, name: str, at: float) -> bool:
        """Whether the fault concerns a name at a time. What a resolver rewrites, it rewrites everywhere."""
        if not (self.since <= at and (self.until is None or at < self.until)):
            return False
        is_everywhere = self.fault in {ResolverFault.CAPTIVE_PORTAL, ResolverFault.REWRITTEN}
        return is_everywhere or name.lower().rstrip(".").endswith(f".{self.zone}")

    def answer(self, question: Question, answer: Answer) -> Answer:
        """Return what the client gets in place of an answer."""
        fault = self.fault
        if fault is ResolverFault.SERVER_FAILURE:
            return UNANSWERED
        if fault is ResolverFault.DEAD:
            return Answer()
        if question.kind != "A":
            return answer
        if fault in _CODES:
            return Answer((_CODES[fault],))
        is_rewritten = fault is ResolverFault.REWRITTEN and not answer.records
        is_replaced = fault is ResolverFault.OUTSIDE and bool(answer.records)
        if is_rewritten or is_replaced or fault is ResolverFault.CAPTIVE_PORTAL:
            return Answer((_ELSEWHERE,))
        return answer

    def response(self, octets: bytes, *, over_udp: bool) -> bytes | None:
        """Return what arrives of a response, None if nothing does."""
        if self.fault is ResolverFault.TIME_OUT:
            return None
        if self.fault is ResolverFault.TRUNCATED:
            return octets[:2] + bytes([octets[2] | _TC]) + octets[3:] if over_udp else None
        return octets


@dataclass
class TestedWorld(World):
    """A world in which the owners of blocklists keep test points (RFC 5782 section 5).

    Gateways need none: only who watches lists asks for them. Records of the world come first.
    """

    __test__ = False  # it is no test

    test_points: dict[str, str] = field(default_factory=dict)
    """The name of each, and its answer."""

    def answer(self, question: Question, at: float) -> Answer:
        """Answer a question; a test point has its own answer unless the world has another."""
        found = super().answer(question, at)
        if found.records or found.failed or question.kind != "A":
            return found
        point = self.test_points.get(question.name.lower().rstrip("."))
        return found if point is None else Answer((point,), found.ttl_s)

    @classmethod
    def of(cls, world: World, test_points: dict[str, str]) -> TestedWorld:
        """Return a world with test points. Both share their records."""
        return cls(**vars(world), test_points=test_points)


def usual_test_points(zone: str, *, of_domains: bool) -> dict[str, str]:
    """Return the test points that a list keeps if it keeps to RFC 5782."""
    if of_domains:
        return {f"test.{zone}": LISTED}
    return {blocklist_name(address, zone): LISTED for address in ("127.0.0.2", "::ffff:7f00:2")}
