"""Refuse messages with links to listed domains."""

from __future__ import annotations

from typing import ClassVar, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field

from fake_gateways.dns.zone import Domain
from fake_gateways.policies.message_parts import dissect
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.sender_reputation import listed
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Question, Refuse

MAX_HOSTS: Final = 10
"""How many hosts of a message are looked up; SpamAssassin has a limit too (``uridnsbl_max_domains``, 20)."""


class UrlBlocklistSettings(Settings):
    """DNS blocklist zones of domains that are found in messages (surbl.org, docs.spamhaus.com)."""

    nature: ClassVar = Nature(causes=(Cause.CONTENT,), stages=frozenset({Stage.END_OF_DATA}), usual=Stage.END_OF_DATA)

    type: Literal["url-blocklist"]
    zones: tuple[Domain, ...] = Field(min_length=1)

    def begin(self) -> UrlBlocklist:
        """Return the policy."""
        return UrlBlocklist(self)


class UrlBlocklist:
    """Looks up the host of each link, and its parent domains."""

    def __init__(self, settings: UrlBlocklistSettings) -> None:
        self._zones = settings.zones

    def judge(self, view: SessionView) -> Refuse | Question | None:
        """Refuse a message with a listed link."""
        for host in _hosts(dissect(view.content).links):
            found = listed(host, self._zones, view)
            if isinstance(found, Question):
                return found
            if found:
                return Refuse(Cause.CONTENT)
        return None


def _hosts(links: str) -> list[str]:
    found: dict[str, None] = {}
    for link in links.splitlines():
        try:
            host = urlsplit(link).hostname or ""
        except ValueError:
            continue  # untrusted text may look like a link without being one
        if "." in host.strip(".") and host.isascii() and len(host) <= 253 and not host.replace(".", "").isdigit():
            found.setdefault(host, None)
        if len(found) >= MAX_HOSTS:
            break
    return list(found)
