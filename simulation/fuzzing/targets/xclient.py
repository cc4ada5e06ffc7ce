"""Attributes of XCLIENT: whatever they are, a session has one client, with an address and a name that can be shown."""

from __future__ import annotations

import ipaddress
from typing import Final

from fake_gateways.policies.session_view import without_zone
from fake_gateways.session import Session, open_session
from fake_gateways.smtp.command import read_xclient
from fake_gateways.smtp.reply import Reply
from simulation.fuzzing.target import Target
from simulation.fuzzing.told_policies import gateway

_WORDS: Final = (
    b"ADDR=",
    b"HELO=",
    b"NAME=",
    b"ADDR=IPV6:",
    b"PORT=",
    b"helo=",
    b"[UNAVAILABLE]",
    b"192.0.2.9",
    b"::1",
)
_LONGEST: Final = 255


def run(data: bytes) -> int:
    """Say XCLIENT with each line of octets, the lowest of which stand for words; return how many lines."""
    made = gateway(lambda _: None, lambda _: None)
    made.policies = dict.fromkeys(made.policies, ())
    for number, word in enumerate(_WORDS):
        data = data.replace(bytes((number,)), word)
    lines = data.split(b"\n")
    session: Session | None = None
    for line in lines:
        if session is None:
            session = open_session(made, "192.0.2.1", 40_000)
            session.greet()
        answered = session.command(b"XCLIENT " + line)
        assert isinstance(answered, Reply), answered
        if answered.accepts:
            _check(line.decode().strip(" \t"), *made.connections)
        if session.closing:
            assert made.connections == {}, made.connections
            session = None
    return len(lines)


def _check(argument: str, address: str) -> None:
    """Check that the client that is presented is in the line, and can be presented again."""
    presented = read_xclient(argument)
    assert without_zone(presented.address) in {"", address}
    assert str(ipaddress.ip_address(address)) == address
    assert len(presented.helo) <= _LONGEST
    assert presented.helo.isprintable()
    assert presented.helo in argument
    assert not presented.helo or read_xclient(f"HELO={presented.helo}") == ("", presented.helo)


TARGETS: Final = (Target("xclient", run, longest=2_000),)
