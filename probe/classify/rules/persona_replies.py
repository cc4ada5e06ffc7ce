"""All replies of the personas, with example values for their variable parts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from fake_gateways import persona
from fake_gateways.truth import Cause
from probe.classify.rules.reply import ReceivedReply

EXAMPLE_VALUES: Final = {
    "recipient": "anna.berg@northwind.example",
    "local_part": "anna.berg",
    "domain": "northwind.example",
    "sender": "news+c1a2@messenger.example",
    "sender_domain": "messenger.example",
    "ip": "192.0.2.25",
    "helo": "mta1.messenger.example",
    "host": "mx1.northwind.example",
    "id": "kZ3vQx81mPdT",
    "backend": "550 5.1.1 User unknown",
}
"""Example values for the placeholders of a wording."""


class PersonaReply(NamedTuple):
    """A reply, the persona that gives it, and its cause."""

    reply: ReceivedReply
    persona: str
    cause: Cause


@cache
def known_replies() -> tuple[PersonaReply, ...]:
    """Return the replies of all personas at all their stages, each once for each of its causes."""
    found = {(known.reply, known.cause): known for known in _replies()}
    return tuple(found.values())


def _replies() -> Iterator[PersonaReply]:
    for name in persona.names():
        for refusal in persona.load(name).refusal:
            wording = refusal.say(EXAMPLE_VALUES)
            status = str(wording.enhanced) if wording.enhanced else None
            for stage in refusal.stages:
                reply = ReceivedReply(wording.code, status, wording.text, stage, EXAMPLE_VALUES["recipient"])
                yield PersonaReply(reply, name, refusal.cause)
