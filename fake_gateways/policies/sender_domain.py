"""Refuse return-paths that cannot receive mail: their domain has no MX and no address record, or a null MX."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from fake_gateways.dns.zone import parse_domain
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Question, Refuse


def _sender(value: str) -> str:
    local, at, domain = value.rpartition("@")
    return f"{local.lower()}{at}{parse_domain(domain)}"


Sender = Annotated[str, AfterValidator(_sender)]


class SenderDomainSettings(Settings):
    """The administrator's own list of refused addresses and domains (postconf(5), ``check_sender_access``)."""

    nature: ClassVar = Nature(
        causes=(Cause.SENDER_REJECTED,), stages=frozenset({Stage.MAIL, Stage.RCPT}), usual=Stage.RCPT
    )

    type: Literal["sender-domain"]
    deny: tuple[Sender, ...] = ()

    def begin(self) -> SenderDomain:
        """Return the policy."""
        return SenderDomain(self)


class SenderDomain:
    """Works as ``reject_unknown_sender_domain`` (postconf(5)). A null MX accepts no mail (RFC 7505 section 4.2)."""

    def __init__(self, settings: SenderDomainSettings) -> None:
        self._deny = frozenset(settings.deny)

    def judge(self, view: SessionView) -> Refuse | Question | None:
        """Refuse a denied or unreachable return-path. The null one is always accepted (RFC 5321 section 4.5.5)."""
        domain = view.sender_domain
        if not domain:
            return None
        if domain in self._deny or view.envelope.return_path.lower() in self._deny:
            return Refuse(Cause.SENDER_REJECTED)
        for kind in ("MX", "A", "AAAA"):
            question = Question(domain, kind)
            answer = view.answer(question)
            if answer is None:
                return question
            if answer.failed:
                return None
            if answer.records:
                is_null = kind == "MX" and all(record.split()[-1] == "." for record in answer.records)
                return Refuse(Cause.SENDER_REJECTED) if is_null else None
        return Refuse(Cause.SENDER_REJECTED)
