"""Refuse senders whose domain is on a blocklist: the return-path's, and the one of HELO."""

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
    """Zones that list domains (RFC 5782 section 3; docs.spamhaus.com, DBL), and a list of the administrator's own."""

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
    """Asks for every domain in every zone; a listed domain stands for those below it."""

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
    """Whether a domain, or one above it, is in a zone; or what has to be asked first. No answer is no listing."""
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
    """List a domain and those above it that a company could own, at most five: lists hold registered domains."""
    labels = domain.lower().strip(".").split(".")[-6:]
    return [".".join(labels[depth:]) for depth in range(len(labels) - 1)]
