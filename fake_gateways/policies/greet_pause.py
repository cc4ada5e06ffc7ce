"""Let a client wait for the greeting, and refuse who talks before it: no proper mail server does (RFC 5321 4.3.1)."""

from __future__ import annotations

from typing import ClassVar, Literal

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.units import Duration
from fake_gateways.verdict import Refuse, Wait


class GreetPauseSettings(Settings):
    """How long; postscreen waits 6 s (``postscreen_greet_wait``), sendmail's feature suggests 5 s."""

    nature: ClassVar = Nature(causes=(Cause.POLICY,), stages=frozenset({Stage.CONNECT}), usual=Stage.CONNECT)

    type: Literal["greet-pause"]
    pause: Duration = 6.0

    def begin(self) -> GreetPause:
        """Return the policy."""
        return GreetPause(self)


class GreetPause:
    """Remembers nothing: every connection waits."""

    def __init__(self, settings: GreetPauseSettings) -> None:
        self._wait = Wait(settings.pause)

    def judge(self, view: SessionView) -> Refuse | Wait | None:
        """Wait, then refuse an early talker."""
        if view.answer(self._wait) is None:
            return self._wait
        return Refuse(Cause.POLICY, closes=True) if view.talked_early else None
