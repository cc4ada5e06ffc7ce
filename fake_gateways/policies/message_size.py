"""Refuse messages above a size that is smaller than the announced limit."""

from __future__ import annotations

from typing import ClassVar, Literal

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.units import Size
from fake_gateways.verdict import Refuse


class MessageSizeSettings(Settings):
    """The ``limit`` of the whole message, in octets. SIZE announces the gateway's ``size_limit`` (RFC 1870)."""

    nature: ClassVar = Nature(causes=(Cause.TOO_LARGE,), stages=frozenset({Stage.END_OF_DATA}), usual=Stage.END_OF_DATA)

    type: Literal["message-size"]
    limit: Size

    def begin(self) -> MessageSize:
        """Return the policy."""
        return MessageSize(self)


class MessageSize:
    """Compares the size of the message with the limit."""

    def __init__(self, settings: MessageSizeSettings) -> None:
        self._limit = settings.limit

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a message that is too large."""
        return Refuse(Cause.TOO_LARGE) if len(view.content) > self._limit else None
