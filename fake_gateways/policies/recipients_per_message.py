"""Refuse recipients beyond a number per message."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse


class RecipientsPerMessageSettings(Settings):
    """How many recipients are allowed at ``most``.

    RFC 5321 section 4.5.3.1.8 requires at least 100, which Mimecast allows. Cisco allows fewer to throttled senders.
    """

    nature: ClassVar = Nature(causes=(Cause.POLICY,), stages=frozenset({Stage.RCPT}), usual=Stage.RCPT)

    type: Literal["recipients-per-message"]
    most: Annotated[int, Field(ge=1)]

    def begin(self) -> RecipientsPerMessage:
        """Return the policy."""
        return RecipientsPerMessage(self)


class RecipientsPerMessage:
    """Counts the accepted recipients."""

    def __init__(self, settings: RecipientsPerMessageSettings) -> None:
        self._settings = settings

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a recipient beyond the limit; the others still get the message."""
        return Refuse(Cause.POLICY) if len(view.envelope.recipients) >= self._settings.most else None
