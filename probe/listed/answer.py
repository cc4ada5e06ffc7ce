"""What an answer of a blocklist means: listed, not listed, or unknown, because something else answered than the list.

RFC 5782 says how lists answer. The error codes are those that lists document. Nothing is a listing by default, and
nothing is clean by default.
"""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from typing import Final, NamedTuple

from probe.listed.lists import ERROR_CODES, ERROR_NETWORK, LOOPBACK, BlockList


class Came(StrEnum):
    """What came back for a question."""

    RECORDS = "records"
    NO_NAME = "no-name"
    """NXDOMAIN."""
    NO_DATA = "no-data"
    """The name exists, without such a record (RFC 2308 section 2.2)."""
    FAILURE = "failure"
    """SERVFAIL, REFUSED, any other code, or octets that are no answer."""
    NOTHING = "nothing"
    """No answer in time, or nobody listens."""
    CUT = "cut"
    """Truncated, and nothing came over TCP."""


class Reply(NamedTuple):
    """What came back, and the records as text. ``is_authentic`` is the AD flag (RFC 4035 section 3.2.3)."""

    came: Came
    records: tuple[str, ...] = ()
    is_authentic: bool = False


NOT_THERE: Final = Reply(Came.NO_NAME)


class Fault(StrEnum):
    """Why it is not known whether something is listed."""

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
    UNKNOWN_CODE = "unknown-code"


FAULTS: Final = {
    Fault.WRONG_NAME: "the list says that it was asked under a wrong name",
    Fault.PUBLIC_RESOLVER: "the list does not answer public resolvers: ask through a resolver of your own",
    Fault.VOLUME: "the list does not answer this resolver, which asks too much or is not registered",
    Fault.QUERY_REFUSED: "the list refused the question: ask through a resolver of your own, or register it",
    Fault.QUOTA: "the resolver has used up its quota at the list",
    Fault.WRONG_KIND: "the list does not list things of this kind",
    Fault.OUTSIDE: "the answer is no answer of a blocklist: a resolver on the way changes answers in 127.0.0.0/8",
    Fault.REWRITTEN: "a resolver on the way gives an address to names that do not exist",
    Fault.SERVER_FAILURE: "the resolver got no usable answer (SERVFAIL or the like)",
    Fault.TIME_OUT: "the resolver did not answer in time",
    Fault.TRUNCATED: "the answer was cut off, and none came over TCP",
    Fault.DEAD: "the list does not list its own test entry, so it is dead, or a resolver drops its answers",
    Fault.LISTS_THE_WORLD: "the list also lists what it must not list, so it lists everything",
    Fault.CAPTIVE_PORTAL: "every name has the same address: the network asks for a login first",
    Fault.UNKNOWN_CODE: "the list does not document this answer",
}
"""What each fault means, for people."""

_OF_TRANSPORT: Final = {
    Came.FAILURE: Fault.SERVER_FAILURE,
    Came.NOTHING: Fault.TIME_OUT,
    Came.CUT: Fault.TRUNCATED,
}


class State(StrEnum):
    """What is known of a subject on a list."""

    LISTED = "listed"
    NOT_LISTED = "not-listed"
    UNKNOWN = "unknown"


class Decided(NamedTuple):
    """What an answer means. ``means`` says for each code why; ``fault`` is why nothing is known."""

    state: State
    codes: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    fault: Fault | None = None


def unknown(fault: Fault, codes: tuple[str, ...] = ()) -> Decided:
    """Return that nothing is known because of a fault."""
    return Decided(State.UNKNOWN, codes, fault=fault)


def fault_of(record: str) -> Fault | None:
    """Return the fault that an A record stands for; None if it may be a listing."""
    try:
        address = ipaddress.IPv4Address(record)
    except ValueError:
        return Fault.OUTSIDE
    if record in ERROR_CODES:
        return Fault(ERROR_CODES[record])
    if address in ERROR_NETWORK:
        return Fault.QUERY_REFUSED
    return None if address in LOOPBACK else Fault.OUTSIDE


def decide(blocklist: BlockList, reply: Reply) -> Decided:
    """Return what the answer about a subject means, if the list is as it should be (see ``trouble``)."""
    if reply.came in _OF_TRANSPORT:
        return unknown(_OF_TRANSPORT[reply.came])
    if reply.came is not Came.RECORDS:
        return Decided(State.NOT_LISTED)
    codes = tuple(sorted(set(reply.records)))
    for each in codes:
        fault = fault_of(each)
        if fault is not None:
            return unknown(fault, codes)
    means = [words for each in codes for words in _meanings(blocklist, each)]
    if not means:
        return unknown(Fault.UNKNOWN_CODE, codes)
    return Decided(State.LISTED, codes, tuple(dict.fromkeys(means)))


def _meanings(blocklist: BlockList, code: str) -> list[str]:
    if blocklist.bits:
        octet = int(code.rpartition(".")[2]) if code.startswith("127.0.0.") else 0
        return [words for bit, words in blocklist.bits.items() if octet & int(bit)]
    if blocklist.codes:
        return [blocklist.codes[code]] if code in blocklist.codes else []
    return ["listed"]


def trouble(listed: Reply, not_listed: Reply, nonexistent: Reply = NOT_THERE) -> Fault | None:
    """Return what is wrong with a list or the way to it, by its test points; None if it answers as it should.

    ``listed`` must be on every list and ``not_listed`` on none (RFC 5782 section 5). ``nonexistent`` is the answer
    about a name that cannot exist (RFC 6761 section 6.4): it tells a captive portal from a domain that somebody bought.
    """
    for reply in (listed, not_listed):
        if reply.came in _OF_TRANSPORT:
            return _OF_TRANSPORT[reply.came]
    of_listed, of_not_listed = set(map(fault_of, listed.records)), set(map(fault_of, not_listed.records))
    for fault in sorted((of_listed | of_not_listed) - {None, Fault.OUTSIDE}, key=str):
        return fault
    if Fault.OUTSIDE in of_not_listed:
        if Fault.OUTSIDE not in of_listed:
            return Fault.REWRITTEN
        # The domain of a dead list was bought by somebody, whose wildcard answers everything.
        return Fault.CAPTIVE_PORTAL if nonexistent.came is Came.RECORDS else Fault.DEAD
    if not_listed.records:
        return Fault.LISTS_THE_WORLD
    if not listed.records:
        return Fault.DEAD
    return Fault.OUTSIDE if Fault.OUTSIDE in of_listed else None
