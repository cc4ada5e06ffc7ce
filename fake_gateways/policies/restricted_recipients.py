"""Refuse mail from outside to mailboxes that are for the company's own people, though they exist."""

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
    """What ``part`` of the mailboxes that is.

    Exchange's recipient filter answers for its block list as for mailboxes that are not there (Microsoft Learn,
    recipient filtering); a scenario says so with ``claims``.
    """

    nature: ClassVar = Nature(causes=(Cause.POLICY,), stages=frozenset({Stage.RCPT}), usual=Stage.RCPT)

    type: Literal["restricted-recipients"]
    part: Share

    def begin(self) -> RestrictedRecipients:
        """Return the policy."""
        return RestrictedRecipients(self)


class RestrictedRecipients:
    """Draws a lot by the address, so the same mailboxes are restricted whoever asks and however often."""

    def __init__(self, settings: RestrictedRecipientsSettings) -> None:
        self._below = settings.part * 2**32

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a restricted mailbox."""
        return Refuse(Cause.POLICY) if zlib.crc32(view.recipient.lower().encode()) < self._below else None
