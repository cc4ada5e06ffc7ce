"""Refuse mail over a line that is not encrypted."""

from __future__ import annotations

from typing import ClassVar, Literal

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse


class TlsRequiredSettings(Settings):
    """Nothing to set. RFC 3207 section 4 asks public servers not to; companies require it of their partners."""

    nature: ClassVar = Nature(
        causes=(Cause.TLS_REQUIRED,), stages=frozenset({Stage.MAIL, Stage.RCPT}), usual=Stage.MAIL
    )

    type: Literal["tls-required"]

    def begin(self) -> TlsRequired:
        """Return the policy."""
        return TlsRequired()


class TlsRequired:
    """Looks at the line alone."""

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a client that did not say STARTTLS."""
        return None if view.secure else Refuse(Cause.TLS_REQUIRED)
