"""Every reply that the personas know, filled in as one gateway might have said it to one sender."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from fake_gateways import persona
from fake_gateways.truth import Cause
from probe.classify.rules.reply import ReceivedReply

FILLED_IN: Final = {
    "recipient": "anna.berg@northwind.example",
    "domain": "northwind.example",
    "sender": "news+c1a2@messenger.example",
    "sender_domain": "messenger.example",
    "ip": "192.0.2.25",
    "helo": "mta1.messenger.example",
    "host": "mx1.northwind.example",
    "id": "kZ3vQx81mPdT",
    "backend": "550 5.1.1 User unknown",
}
"""What stands in a wording's places."""


class PersonaReply(NamedTuple):
    """A reply, whose it is, and why it was said."""

    heard: ReceivedReply
    persona: str
    cause: Cause


@cache
def known_replies() -> tuple[PersonaReply, ...]:
    """Return the wordings of all personas at all their stages, each reply once."""
    found = {known.heard: known for known in _said()}
    return tuple(found.values())


def _said() -> Iterator[PersonaReply]:
    for name in persona.names():
        for refusal in persona.load(name).refusal:
            reply = refusal.say(FILLED_IN)
            status = str(reply.enhanced) if reply.enhanced else None
            for stage in refusal.stages:
                heard = ReceivedReply(reply.code, status, reply.text, stage, FILLED_IN["recipient"])
                yield PersonaReply(heard, name, refusal.cause)
