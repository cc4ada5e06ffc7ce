"""Block a client that tries too many unknown recipients. While it is blocked, valid recipients are refused too."""

from __future__ import annotations

from typing import ClassVar, Literal

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.remembered import MOST, MOST_COUNTERS, Remembered
from fake_gateways.policies.session_view import Decision, SessionView, network_of
from fake_gateways.sliding_window import SlidingWindow
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.units import Duration, Rate, Share
from fake_gateways.verdict import Disconnect, Refuse


class DirectoryHarvestSettings(Settings):
    """More unknown recipients than ``limit`` block the client's IP address, or its /24, for ``block_for``.

    They must also be at least ``least_share`` of all its recipients in that time: Exim's default ACL blocks when half
    of more than ten are unknown, Forcepoint when half are. With ``hangs_up`` the gateway closes the connection of a
    blocked client without a reply (Cisco AsyncOS, DHAP).
    """

    nature: ClassVar = Nature(
        causes=(Cause.DIRECTORY_HARVEST,),
        stages=frozenset({Stage.CONNECT, Stage.MAIL, Stage.RCPT}),
        usual=Stage.RCPT,
    )

    type: Literal["directory-harvest"]
    limit: Rate
    least_share: Share = 0.0
    per: Literal["ip", "/24"] = "ip"
    block_for: Duration = 3600.0
    hangs_up: bool = False

    def begin(self) -> DirectoryHarvest:
        """Return the policy with empty windows."""
        return DirectoryHarvest(self)


class DirectoryHarvest:
    """Counts unknown recipients in a sliding window. It learns of them from the decisions of the gateway."""

    def __init__(self, settings: DirectoryHarvestSettings) -> None:
        self._settings = settings
        self._recipients = Remembered[str, SlidingWindow](MOST_COUNTERS)
        self._unknown = Remembered[str, SlidingWindow](MOST_COUNTERS)
        self._blocked = Remembered[str, float]()

    def judge(self, view: SessionView) -> Refuse | Disconnect | None:
        """Refuse a blocked client, whichever recipient it names."""
        if view.at >= self._blocked.get(self._key(view), view.at):
            return None
        return Disconnect(Cause.DIRECTORY_HARVEST) if self._settings.hangs_up else Refuse(Cause.DIRECTORY_HARVEST)

    def notice(self, view: SessionView, decision: Decision) -> None:
        """Count a recipient once, as unknown or as another, whatever happens to the message later."""
        if not decision.recipient or decision.cause is Cause.DIRECTORY_HARVEST:
            return
        key, at = self._key(view), view.at
        recipients, unknown = self._recipients.get(key), self._unknown.get(key)
        if recipients is None or unknown is None:
            recipients = self._recipients[key] = SlidingWindow(self._settings.limit, MOST)
            unknown = self._unknown[key] = SlidingWindow(self._settings.limit, MOST)
        recipients.add(at)
        if decision.cause is Cause.USER_UNKNOWN:
            unknown.add(at)
        if unknown.exceeded(at) and unknown.count(at) >= self._settings.least_share * recipients.count(at):
            self._blocked[key] = at + self._settings.block_for

    def _key(self, view: SessionView) -> str:
        return view.peer_address if self._settings.per == "ip" else network_of(view.peer_address)
