"""Slow a client down: delay refusals, so that guessing addresses takes time, or delay all replies after errors."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.units import Duration
from fake_gateways.verdict import DelayRefusal, Wait


class TarpitSettings(Settings):
    """The delay, and from how many errors in a session on there is one: refusals and mistakes since the last message.

    Exchange delays each refusal by 5 s (Microsoft Learn, recipient filtering). Postfix delays every reply by a second
    from the tenth error of a client on (``smtpd_error_sleep_time``, ``smtpd_soft_error_limit``).
    """

    nature: ClassVar = Nature(
        causes=(),
        stages=frozenset({Stage.CONNECT, Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.END_OF_DATA}),
        usual=Stage.RCPT,
    )

    type: Literal["tarpit"]
    delay: Duration = 5.0
    after_refusals: Annotated[int, Field(ge=0)] = 0
    slows: Literal["refusals", "everything"] = "refusals"

    @property
    def asked_at(self) -> frozenset[Stage]:
        """Every stage but the greeting, if all replies are delayed and no stage is given."""
        return self.nature.stages - {Stage.CONNECT} if self.slows == "everything" and self.at is None else frozenset()

    def begin(self) -> Tarpit:
        """Return the policy."""
        return Tarpit(self)


class Tarpit:
    """Delays, and never refuses."""

    def __init__(self, settings: TarpitSettings) -> None:
        self._settings = settings

    def judge(self, view: SessionView) -> DelayRefusal | Wait | None:
        """Wait now, or ask for a delay in case another policy refuses."""
        settings = self._settings
        if view.errors < settings.after_refusals:
            return None
        if settings.slows == "refusals":
            return DelayRefusal(settings.delay)
        wait = Wait(settings.delay)
        return wait if view.answer(wait) is None else None
