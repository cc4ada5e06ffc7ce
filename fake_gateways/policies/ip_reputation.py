"""Refuse client addresses with a bad reputation: on DNS blocklists, or on the administrator's own list."""

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
            f"{value!r} is not an address or network ({error})", 'write for example "127.10.0.1" or "127.10.0.0/24"'
        ) from None


Networks = tuple[Annotated[Any, BeforeValidator(_network), WithJsonSchema({"type": "string"})], ...]


class IpReputationSettings(Settings):
    """DNS blocklist zones, and local lists of addresses or networks such as 127.10.0.0/24. ``allow`` comes first.

    A zone answers 127.255.255.x when a resolver exceeds its quota, which does not mean that the address is listed. With
    ``errors_are_listings`` the gateway treats that answer as a listing (docs.spamhaus.com, return codes).
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
    """Looks the client's address up in each zone. An A record in 127.0.0.0/8 is a listing (RFC 5782 section 2.1)."""

    def __init__(self, settings: IpReputationSettings) -> None:
        self._settings = settings

    def judge(self, view: SessionView) -> Refuse | Question | None:
        """Refuse a listed client. A zone that does not answer counts as not listing, as in mail servers."""
        settings = self._settings
        if settings.allow or settings.deny:
            ip = ipaddress.ip_address(view.peer_address)
            if any(ip in network for network in settings.allow):
                return None
            if any(ip in network for network in settings.deny):
                return Refuse(Cause.IP_REPUTATION)
        for zone in settings.zones:
            question = Question(blocklist_name(view.peer_address, zone))
            answer = view.answer_about_client(question)
            if answer is None:
                return question
            if any(is_listing(record) or settings.errors_are_listings for record in answer.records):
                return Refuse(Cause.IP_REPUTATION)
        return None


def is_listing(record: str) -> bool:
    """Whether an A record of a blocklist means "listed" (RFC 5782 section 2.1)."""
    return record.startswith("127.") and not record.startswith("127.255.255.")
