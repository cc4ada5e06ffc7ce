"""Refuse addresses of bad reputation: those on blocklists asked over the DNS, and those on a list of one's own."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, WithJsonSchema

from fake_gateways.dns.zone import Domain, blocklist_name
from fake_gateways.loopback import Network
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause
from fake_gateways.verdict import Question, Refuse


def _network(value: Any) -> Network:
    try:
        return ipaddress.ip_network(value)
    except ValueError as error:
        raise InvalidValueError(
            f"{value!r} is no address or network ({error})", 'write for example "127.10.0.1" or "127.10.0.0/24"'
        ) from None


Networks = tuple[Annotated[Any, BeforeValidator(_network), WithJsonSchema({"type": "string"})], ...]


class IpReputationSettings(Settings):
    """Blocklist zones to ask, and local lists of addresses or networks such as 127.10.0.0/24. ``allow`` goes first.

    A zone that has enough of a resolver answers 127.255.255.x for every address, which is no listing; a gateway with
    ``errors_are_listings`` takes it for one (docs.spamhaus.com, return codes).
    """

    nature: ClassVar = Nature(
        causes=(Cause.IP_REPUTATION,),
        stages=frozenset({Stage.CONNECT, Stage.EHLO, Stage.MAIL, Stage.RCPT}),
        usual=Stage.CONNECT,
    )

    type: Literal["ip-reputation"]
    zones: tuple[Domain, ...] = ()
    deny: Networks = ()
    allow: Networks = ()
    errors_are_listings: bool = False

    def begin(self) -> IpReputation:
        """Return the policy."""
        return IpReputation(self)


class IpReputation:
    """Ask each zone for the peer's address; any A record in 127.0.0.0/8 is a listing (RFC 5782 section 2.1)."""

    def __init__(self, settings: IpReputationSettings) -> None:
        self._settings = settings

    def judge(self, view: SessionView) -> Refuse | Question | None:
        """Refuse a listed peer. A zone that does not answer is taken as not listing, as mail servers do."""
        settings = self._settings
        if settings.allow or settings.deny:
            ip = ipaddress.ip_address(view.peer_address)
            if any(ip in network for network in settings.allow):
                return None
            if any(ip in network for network in settings.deny):
                return Refuse(Cause.IP_REPUTATION)
        for zone in settings.zones:
            question = Question(blocklist_name(view.peer_address, zone))
            answer = view.answer(question)
            if answer is None:
                return question
            if any(is_listing(record) or settings.errors_are_listings for record in answer.records):
                return Refuse(Cause.IP_REPUTATION)
        return None


def is_listing(record: str) -> bool:
    """Whether a blocklist's A record says that what was asked for is listed (RFC 5782 section 2.1)."""
    return record.startswith("127.") and not record.startswith("127.255.255.")
