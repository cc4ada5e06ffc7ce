"""Records of a name come in the order of the world, as they do in memory: a sender tries exchangers in it."""

from __future__ import annotations

from typing import Final

import dns.flags
import dns.message

from fake_gateways.dns.nameserver import respond
from fake_gateways.dns.zone import World

EXCHANGERS: Final = tuple(f"10 mx{number}.northwind.example." for number in range(20))


def test_records_are_answered_in_the_order_of_the_world() -> None:
    world = World()
    world.add("northwind.example", "MX", *EXCHANGERS)
    for number in range(2):
        query = dns.message.make_query("northwind.example", "MX", payload=4096)
        query.flags ^= dns.flags.RD * number  # another query, whose response is written anew
        octets = respond(query.to_wire(), world, 0.0, over_udp=True)
        assert octets is not None
        answer = dns.message.from_wire(octets).answer[0]
        assert tuple(record.to_text().lower() for record in answer) == EXCHANGERS
