"""Judge senders by what they sent before: accepted mail earns points, unknown recipients and spam cost points."""

from __future__ import annotations

import zlib
from typing import ClassVar, Final, Literal

from pydantic import Field

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.remembered import Remembered
from fake_gateways.policies.session_view import Decision, SessionView, network_of
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause, Fate
from fake_gateways.units import Duration, Share
from fake_gateways.verdict import Refuse

_TAKEN: Final = {Fate.INBOX, Fate.JUNK, Fate.QUARANTINED}


class EarnedReputationSettings(Settings):
    """Points for each recipient. A sender below ``refuse_below`` is refused. Points halve every ``half_life``.

    ``complaints`` is the share of accepted messages that get a complaint. The numbers are our own choice, because
    vendors publish none. That volume, unknown recipients and complaints make a reputation is common knowledge (M3AAWG
    Sender Best Common Practices).
    """

    nature: ClassVar = Nature(
        causes=(Cause.IP_REPUTATION,),
        stages=frozenset({Stage.CONNECT, Stage.MAIL, Stage.RCPT}),
        usual=Stage.RCPT,
    )

    type: Literal["earned-reputation"]
    accepted: float = Field(default=0.1, ge=0)
    unknown: float = Field(default=-1.0, le=0)
    spam: float = Field(default=-3.0, le=0)
    complaint: float = Field(default=-5.0, le=0)
    complaints: Share = 0.001
    refuse_below: float = -10.0
    per: Literal["ip", "/24", "sender-domain"] = "ip"
    half_life: Duration = Field(default=86_400.0, gt=0)

    def begin(self) -> EarnedReputation:
        """Return the policy; every sender begins with no points."""
        return EarnedReputation(self)


class EarnedReputation:
    """Keeps one score for each sender, which decays with time."""

    def __init__(self, settings: EarnedReputationSettings) -> None:
        self._settings = settings
        self._scores = Remembered[str, tuple[float, float]]()

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a sender while its score is too low."""
        return Refuse(Cause.IP_REPUTATION) if self._score(view) < self._settings.refuse_below else None

    def notice(self, view: SessionView, decision: Decision) -> None:
        """Add or subtract points for a decision about a recipient."""
        points = self._points(view, decision)
        if points:
            self._scores[self._key(view)] = (self._score(view) + points, view.at)

    def _points(self, view: SessionView, decision: Decision) -> float:
        settings = self._settings
        if decision.cause is Cause.USER_UNKNOWN:
            return settings.unknown
        points = settings.spam if decision.cause in {Cause.CONTENT, Cause.VIRUS} else 0.0
        if decision.fate in _TAKEN:
            points = points or settings.accepted
            # The draw depends on the message alone, so it is the same in every run.
            draw = zlib.crc32(f"{view.envelope.return_path} {decision.recipient} {view.at}".encode())
            points += settings.complaint if draw < settings.complaints * 2**32 else 0.0
        return points

    def _score(self, view: SessionView) -> float:
        points, at = self._scores.get(self._key(view), (0.0, view.at))
        return float(points * 0.5 ** (max(0.0, view.at - at) / self._settings.half_life))

    def _key(self, view: SessionView) -> str:
        match self._settings.per:
            case "ip":
                return view.peer_address
            case "/24":
                return network_of(view.peer_address)
        return view.sender_domain
