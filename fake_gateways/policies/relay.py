"""Refuse recipients outside the gateway's own domains: it is not an open relay."""

from __future__ import annotations

from typing import ClassVar, Literal

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse


class RelaySettings(Settings):
    """No settings of its own. Every gateway has this policy (RFC 5321 section 3.6.2)."""

    nature: ClassVar = Nature(causes=(Cause.SENDER_REJECTED,), stages=frozenset({Stage.RCPT}), usual=Stage.RCPT)

    type: Literal["relay"] = "relay"

    def begin(self) -> Relay:
        """Return the policy."""
        return Relay()


class Relay:
    """Compares the recipient's domain with those of the directory."""

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a recipient of another domain."""
        return None if view.directory.serves(view.recipient) else Refuse(Cause.SENDER_REJECTED, view.recipient)
