"""What an experiment is: one changed condition, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from probe.diagnose.conditions import Conditions, Depth, Recipient

_SETTING_UP: Final = 1.0
_MESSAGE: Final = 2.0
_RECIPIENT: Final = 0.5
_RANDOM_RECIPIENT: Final = 2.0
_HOUR: Final = 1.0
_DAY_S: Final = 86_400.0


@dataclass(frozen=True)
class Experiment:
    """One change of the conditions, and the question that it answers.

    ``needs`` are means without which it cannot be made: ``control``, ``random``, ``neighbour``, ``elsewhere``,
    ``domain``, ``name``, ``dkim``, ``tls``, ``exchanger``, ``links``, ``attachments``, ``size`` (the size is
    announced), ``taken`` (an experiment took the recipient). ``only_at`` is set if it makes sense at one depth only.
    """

    name: str
    question: str
    conditions: Conditions
    needs: frozenset[str] = frozenset()
    only_at: Depth | None = None

    def cost(self, depth: Depth) -> float:
        """Return what it costs: a connection is 1, a message 2, an hour 1.

        A recipient is 0.5. A random one is 2 more, because gateways count unknown recipients and block whoever asks for
        many (Cisco's directory harvest prevention: 25 an hour).
        """
        spent = _SETTING_UP + _RECIPIENT * self.conditions.recipients
        if depth is Depth.CONTENT:
            spent += _MESSAGE * (1 + self.conditions.recipients_beside)
        if self.conditions.recipient is Recipient.RANDOM:
            spent += _RANDOM_RECIPIENT
        return spent + _HOUR * min(self.conditions.wait_s, _DAY_S) / 3600.0

    def after(self, seconds: float) -> Experiment:
        """Return the experiment after a time, or after its own if that is longer."""
        if self.conditions.wait_s >= seconds:
            return self
        return replace(self, conditions=replace(self.conditions, wait_s=seconds))

    @property
    def now(self) -> Experiment:
        """The experiment without its time of waiting."""
        return replace(self, conditions=replace(self.conditions, wait_s=0.0))

    def can_be_made(self, depth: Depth, means: Iterable[str]) -> bool:
        """Whether it can be made at a depth with these means."""
        return (self.only_at is None or self.only_at is depth) and self.needs <= set(means)
