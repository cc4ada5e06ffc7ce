"""Delay the greeting, and refuse a client that sends something before it (RFC 5321 section 4.3.1)."""

from __future__ import annotations

from typing import ClassVar, Literal

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.units import Duration
from fake_gateways.verdict import Refuse, Wait


class GreetPauseSettings(Settings):
    """The delay. Postfix's postscreen waits 6 s (``postscreen_greet_wait``), sendmail's greet_pause suggests 5 s."""

    nature: ClassVar = Nature(causes=(Cause.POLICY,), stages=frozenset({Stage.CONNECT}), usual=Stage.CONNECT)

    type: Literal["greet-pause"]
    pause: Duration = 6.0

    def begin(self) -> GreetPause:
        """Return the policy."""
        return GreetPause(self)


class GreetPause:
    """Delays every connection. It has no memory."""

    def __init__(self, settings: GreetPauseSettings) -> None:
        self._wait = Wait(settings.pause)

    def judge(self, view: SessionView) -> Refuse | Wait | None:
        """Wait, then refuse the client if it sent something too early."""
        if view.answer(self._wait) is None:
            return self._wait
        return Refuse(Cause.POLICY, closes=True) if view.talked_early else None
