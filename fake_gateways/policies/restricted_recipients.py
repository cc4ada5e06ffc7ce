"""Refuse mail from outside to existing mailboxes that are for internal mail only."""

from __future__ import annotations

import zlib
from typing import ClassVar, Literal

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.units import Share
from fake_gateways.verdict import Refuse


class RestrictedRecipientsSettings(Settings):
    """Which ``part`` of the mailboxes is restricted.

    Exchange's recipient filter gives the same reply for restricted mailboxes as for absent ones (Microsoft Learn,
    recipient filtering). A scenario models that with ``claims``.
    """

    nature: ClassVar = Nature(causes=(Cause.POLICY,), stages=frozenset({Stage.RCPT}), usual=Stage.RCPT)

    type: Literal["restricted-recipients"]
    part: Share

    def begin(self) -> RestrictedRecipients:
        """Return the policy."""
        return RestrictedRecipients(self)


class RestrictedRecipients:
    """Draws by the address alone, so the same mailboxes are restricted in every session and every run."""

    def __init__(self, settings: RestrictedRecipientsSettings) -> None:
        self._below = settings.part * 2**32

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a restricted mailbox."""
        return Refuse(Cause.POLICY) if zlib.crc32(view.recipient.lower().encode()) < self._below else None
