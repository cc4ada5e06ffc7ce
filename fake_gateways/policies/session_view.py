"""What a policy sees of a session when it judges: client, envelope, content, and the answers fetched so far."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from fake_gateways.people.directory import Directory
from fake_gateways.smtp.envelope import Envelope, Stage, domain_of
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Answer, ExternalQuery, Question


@dataclass(slots=True)
class SessionView:
    """The dialogue up to this moment.

    Attributes:
        peer_address: The client's IP address.
        session: The number of the session at this gateway, from 1.
        directory: The mailboxes behind the gateway.
        lookup: Returns the cached answer to a DNS question at a time, None if there is none.
        connections: The open connections of every client address, this session's connection included.
        at: The time now, in seconds since the epoch.
        helo: The name given with EHLO or HELO, "" before it.
        secure: Whether the connection is encrypted.
        talked_early: Whether the client sent something before the greeting.
        errors: How many commands were mistakes or refused since the last accepted message.
        transaction: The number of the mail transaction within the session, from 1; 0 before MAIL.
        envelope: Return-path and accepted recipients of the current transaction.
        recipient: The recipient of the current RCPT command, "" at other stages.
        content: The message, from the end of data on.
        fresh: Answers fetched for the current judgement; they count even if their time to live is 0.
        counted: What a policy (the key) remembers of this session alone.
        about_client: Answers about the client, which count as long as the session lasts.
    """

    peer_address: str
    session: int
    directory: Directory
    lookup: Callable[[Question, float], Answer | None]
    connections: Counter[str] = field(default_factory=Counter)
    at: float = 0.0
    helo: str = ""
    secure: bool = False
    talked_early: bool = False
    errors: int = 0
    transaction: int = 0
    envelope: Envelope = field(default_factory=Envelope)
    recipient: str = ""
    content: bytes = b""
    fresh: dict[ExternalQuery, Answer] = field(default_factory=dict)
    counted: dict[object, tuple[int, bool]] = field(default_factory=dict)
    about_client: dict[Question, Answer] = field(default_factory=dict)

    def answer(self, query: ExternalQuery) -> Answer | None:
        """Return the known answer to a query, None if it must be fetched first."""
        found = self.fresh.get(query)
        return self.lookup(query, self.at) if found is None and isinstance(query, Question) else found

    def answer_about_client(self, question: Question) -> Answer | None:
        """Return the known answer, which stays the same in this session; None if it must be fetched first.

        Postfix and Exim ask about a client once in a session. A failure is no answer, and is asked for again.
        """
        answer = self.about_client.get(question) or self.answer(question)
        if answer is not None and not answer.failed:
            self.about_client[question] = answer
        return answer

    def forget_client(self) -> None:
        """Forget what was counted of the client, because another one is presented."""
        self.talked_early = False
        self.errors = 0
        self.counted.clear()
        self.about_client.clear()

    @property
    def sender_domain(self) -> str:
        """The domain of the return-path."""
        return domain_of(self.envelope.return_path)


class Decision(NamedTuple):
    """What the gateway decided about a recipient ("" before RCPT), as recorded in the truth."""

    recipient: str
    stage: Stage
    cause: Cause | None
    fate: Fate


def without_zone(address: str) -> str:
    """Return an IP address without the zone of its scope (RFC 4007 section 11), which is of this machine only."""
    return address.partition("%")[0]


@lru_cache(maxsize=4096)
def network_of(address: str, prefix: int = 24, prefix_ipv6: int = 64) -> str:
    """Return the network that an address is counted under: of ``prefix`` bits, with IPv6 of ``prefix_ipv6``."""
    ip = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((ip, prefix if ip.version == 4 else prefix_ipv6), strict=False))
