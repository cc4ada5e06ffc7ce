"""Refuse a sender that is too fast: too many messages, recipients or connections within a sliding window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Final, Literal, Self

from pydantic import Field, model_validator

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.remembered import MOST_COUNTERS, Remembered
from fake_gateways.policies.session_view import SessionView, network_of
from fake_gateways.sliding_window import SlidingWindow
from fake_gateways.smtp.envelope import Stage
from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause
from fake_gateways.units import Duration, Rate
from fake_gateways.verdict import Refuse

Scope = Literal["ip", "/24", "sender-domain"]
Unit = Literal["messages", "recipients", "connections"]
_KEY_OF: Final[Mapping[Scope, Callable[[SessionView], str]]] = {
    "ip": lambda view: view.peer_address,
    "/24": lambda view: network_of(view.peer_address),
    "sender-domain": lambda view: view.sender_domain,
}


class VelocitySettings(Settings):
    """``limit`` is counted for each value of each of ``per``. A sender beyond it is blocked for ``block_for``."""

    nature: ClassVar = Nature(
        causes=(Cause.VELOCITY,),
        stages=frozenset({Stage.CONNECT, Stage.MAIL, Stage.RCPT, Stage.END_OF_DATA}),
        usual=Stage.RCPT,
    )

    type: Literal["velocity"]
    limit: Rate
    count: Unit = "messages"
    per: tuple[Scope, ...] = Field(default=("ip",), min_length=1)
    block_for: Duration = 0.0

    @model_validator(mode="after")
    def _can_be_counted(self) -> Self:
        if self.at is Stage.CONNECT and "sender-domain" in self.per:
            raise InvalidValueError(
                "per sender-domain cannot be counted at connect, where no sender is known yet", "set at to mail"
            )
        return self

    def begin(self) -> Velocity:
        """Return the policy with empty windows."""
        return Velocity(self)


class Velocity:
    """Counts what a sender sends, including what this policy refuses, and blocks a sender beyond the limit.

    Refusals during a block do not prolong it.
    """

    def __init__(self, settings: VelocitySettings) -> None:
        self._settings = settings
        self._key_of = [_KEY_OF[scope] for scope in settings.per]
        self._windows = Remembered[str, SlidingWindow](MOST_COUNTERS)
        self._blocked = Remembered[str, float]()

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a blocked sender; else count, and refuse what is beyond the limit."""
        keys = self._keys(view)
        if self._blocked and any(view.at < self._blocked.get(key, view.at) for key in keys):
            return Refuse(Cause.VELOCITY)
        unit = {"connections": 0, "messages": view.transaction}.get(self._settings.count)
        counted = view.counted.get(self)
        if unit is not None and counted is not None and counted[0] == unit:
            # Counted before: another recipient of the same message, or another message of the same connection.
            # It gets the same verdict, except that a block ends at its own time.
            refused = counted[1] and not self._settings.block_for
        else:
            refused = bool([key for key in keys if self._exceeds(key, view.at)])
            view.counted[self] = (unit or 0, refused)
        return Refuse(Cause.VELOCITY) if refused else None

    def _keys(self, view: SessionView) -> list[str]:
        # There is no sender domain before MAIL, and none with the null return-path.
        return [key for key_of in self._key_of if (key := key_of(view))]

    def _exceeds(self, key: str, at: float) -> bool:
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = SlidingWindow(self._settings.limit)
        window.add(at)
        if not window.exceeded(at):
            return False
        if self._settings.block_for:
            self._blocked[key] = at + self._settings.block_for
        return True
