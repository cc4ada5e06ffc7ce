"""Refuse messages beyond a number per connection."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse


class MessagesPerConnectionSettings(Settings):
    """How many transactions are allowed at ``most``. Cisco allows throttled senders 10, others 1,000 (AsyncOS)."""

    nature: ClassVar = Nature(causes=(Cause.VELOCITY,), stages=frozenset({Stage.MAIL}), usual=Stage.MAIL)

    type: Literal["messages-per-connection"]
    most: Annotated[int, Field(ge=1)]

    def begin(self) -> MessagesPerConnection:
        """Return the policy."""
        return MessagesPerConnection(self)


class MessagesPerConnection:
    """Counts the transactions begun with MAIL, whatever their outcome."""

    def __init__(self, settings: MessagesPerConnectionSettings) -> None:
        self._settings = settings

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a transaction beyond the limit and hang up, so that the client opens a new connection."""
        return Refuse(Cause.VELOCITY, closes=True) if view.transaction > self._settings.most else None
