"""Refuse further recipients of a message that has enough of them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse


class RecipientsPerMessageSettings(Settings):
    """At ``most`` so many; RFC 5321 4.5.3.1.8 asks for 100 at least, which Mimecast allows and Cisco undercuts."""

    nature: ClassVar = Nature(causes=(Cause.POLICY,), stages=frozenset({Stage.RCPT}), usual=Stage.RCPT)

    type: Literal["recipients-per-message"]
    most: Annotated[int, Field(ge=1)]

    def begin(self) -> RecipientsPerMessage:
        """Return the policy."""
        return RecipientsPerMessage(self)


class RecipientsPerMessage:
    """Counts those that were accepted."""

    def __init__(self, settings: RecipientsPerMessageSettings) -> None:
        self._settings = settings

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse the recipient that is one too many; the others keep their message."""
        return Refuse(Cause.POLICY) if len(view.envelope.recipients) >= self._settings.most else None
