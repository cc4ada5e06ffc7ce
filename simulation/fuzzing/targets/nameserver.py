"""Datagrams and messages over TCP to the nameserver: each gets a response that can be read, or none."""

from __future__ import annotations

from typing import Final

import dns.flags
import dns.message

from fake_gateways.dns.nameserver import PLAIN_UDP_OCTETS, respond
from fake_gateways.dns.zone import World
from simulation.fuzzing.target import Target

_AT: Final = 1_772_438_400.0
_ID_OCTETS: Final = 2
_WORDS: Final = (
    b"\x04acme\x07example\x00", b"\x02mx\x04acme\x07example\x00", b"\x04wild\x07example\x00", b"\xc0\x0c", b"\xc0\x00",
    b"\x3f" + b"a" * 63, b"\x00\x01\x00\x01", b"\x00\x0f\x00\x01", b"\x00\x10\x00\x01", b"\x00\xff\x00\xff",
    b"\x00\x00\x29\x10\x00\x00\x00\x00\x00\x00\x00", b"\x00\x00\x29\x00\x0c\x00\x00\x80\x00\x00\x04\x00\x0a\x00\x00",
    b"\x00\x00\xfa\x00\xff", b"\x28\x00", b"\x80\x00", b"\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00",
)  # fmt: skip
"""Names, pointers, types and classes, EDNS, a signature (TSIG), an update, a response."""


def _world() -> World:
    world = World()
    world.add("acme.example", "MX", "10 mx.acme.example.")
    world.add("acme.example", "TXT", '"v=spf1 -all"')
    world.add("large.example", "TXT", *(f'"{number:0200}"' for number in range(40)))
    world.add("alias.example", "CNAME", "acme.example.")
    world.add("loop.example", "CNAME", "loop.example.")
    world.add("*.wild.example", "A", "127.1.0.9")
    world.add_host("mx.acme.example", "127.1.0.1")
    return world


_WORLD: Final = _world()


def run(data: bytes) -> None:
    """Ask over UDP and over TCP, and look at the responses."""
    responses = [respond(data, _WORLD, _AT, over_udp=over_udp) for over_udp in (True, False)]
    assert (responses[0] is None) is (responses[1] is None)
    for response in filter(None, responses):
        assert response[:_ID_OCTETS] == data[:_ID_OCTETS]
        assert dns.message.from_wire(response).flags & dns.flags.QR
    if responses[0] is not None and len(responses[0]) > PLAIN_UDP_OCTETS:
        assert len(responses[0]) <= dns.message.from_wire(data).payload


TARGETS: Final = (Target("nameserver", run, allowed=(), words=_WORDS, longest=4_096),)
