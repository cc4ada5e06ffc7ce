"""Refuse mail over a connection that is not encrypted."""

from __future__ import annotations

from typing import ClassVar, Literal

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse


class TlsRequiredSettings(Settings):
    """No settings of its own. RFC 3207 section 4 forbids this on public servers; companies use it for partners."""

    nature: ClassVar = Nature(
        causes=(Cause.TLS_REQUIRED,), stages=frozenset({Stage.MAIL, Stage.RCPT}), usual=Stage.MAIL
    )

    type: Literal["tls-required"]

    def begin(self) -> TlsRequired:
        """Return the policy."""
        return TlsRequired()


class TlsRequired:
    """Checks whether the connection is encrypted."""

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a client that did not use STARTTLS."""
        return None if view.secure else Refuse(Cause.TLS_REQUIRED)
