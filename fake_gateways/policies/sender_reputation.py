"""Refuse senders whose domain is on a DNS blocklist: the domain of the return-path, and the HELO name."""

from __future__ import annotations

from typing import ClassVar, Literal

from fake_gateways.dns.zone import Domain
from fake_gateways.policies.ip_reputation import is_listing
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Question, Refuse


class SenderReputationSettings(Settings):
    """Zones that list domains (RFC 5782 section 3; docs.spamhaus.com, DBL), and the administrator's own list."""

    nature: ClassVar = Nature(
        causes=(Cause.SENDER_REJECTED,), stages=frozenset({Stage.MAIL, Stage.RCPT}), usual=Stage.RCPT
    )

    type: Literal["sender-reputation"]
    zones: tuple[Domain, ...] = ()
    deny: tuple[Domain, ...] = ()

    def begin(self) -> SenderReputation:
        """Return the policy."""
        return SenderReputation(self)


class SenderReputation:
    """Looks every domain up in every zone. A listed domain includes its subdomains."""

    def __init__(self, settings: SenderReputationSettings) -> None:
        self._settings = settings

    def judge(self, view: SessionView) -> Refuse | Question | None:
        """Refuse a listed sender."""
        for domain in dict.fromkeys(filter(None, (view.sender_domain, view.helo.lower()))):
            if domain.startswith("["):
                continue
            found = listed(domain, self._settings.zones, view)
            if isinstance(found, Question):
                return found
            if found or any(parent in self._settings.deny for parent in with_parents(domain)):
                return Refuse(Cause.SENDER_REJECTED)
        return None


def listed(domain: str, zones: tuple[str, ...], view: SessionView) -> bool | Question:
    """Return whether a domain or a parent domain is listed, or the question that must be answered first.

    A zone that does not answer counts as not listing.
    """
    for zone in zones:
        for parent in with_parents(domain):
            question = Question(f"{parent}.{zone}")
            answer = view.answer(question)
            if answer is None:
                return question
            if any(map(is_listing, answer.records)):
                return True
    return False


def with_parents(domain: str) -> list[str]:
    """List a domain and its parent domains, at most five, without the top level; blocklists hold registered domains."""
    labels = domain.lower().strip(".").split(".")[-6:]
    return [".".join(labels[depth:]) for depth in range(len(labels) - 1)]
