"""Refuse a further message over a connection that has carried its share."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse


class MessagesPerConnectionSettings(Settings):
    """At ``most`` so many transactions; Cisco's throttled senders have 10, its others 1,000 (AsyncOS guide)."""

    nature: ClassVar = Nature(causes=(Cause.VELOCITY,), stages=frozenset({Stage.MAIL}), usual=Stage.MAIL)

    type: Literal["messages-per-connection"]
    most: Annotated[int, Field(ge=1)]

    def begin(self) -> MessagesPerConnection:
        """Return the policy."""
        return MessagesPerConnection(self)


class MessagesPerConnection:
    """Counts what was begun with MAIL, whatever became of it."""

    def __init__(self, settings: MessagesPerConnectionSettings) -> None:
        self._settings = settings

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse what is too many and hang up, so that the client comes back with a new connection."""
        return Refuse(Cause.VELOCITY, closes=True) if view.transaction > self._settings.most else None
