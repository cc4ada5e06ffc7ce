"""Refuse a client that has too many connections open at the same time."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView, network_of
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse


class ConnectionsSettings(Settings):
    """How many open connections are allowed at ``most``, ``per`` IP address, per /24 network, or of all clients.

    Mimecast and Exchange allow 20 per source, Cisco and Forcepoint 10 (vendors' guides).
    """

    nature: ClassVar = Nature(causes=(Cause.VELOCITY,), stages=frozenset({Stage.CONNECT}), usual=Stage.CONNECT)

    type: Literal["connections"]
    most: Annotated[int, Field(ge=1)]
    per: Literal["ip", "/24", "all"] = "ip"

    def begin(self) -> Connections:
        """Return the policy."""
        return Connections(self)


class Connections:
    """Counts the open connections, the new one included."""

    def __init__(self, settings: ConnectionsSettings) -> None:
        self._settings = settings

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a connection beyond the limit, and close it: while it is open, it counts."""
        return Refuse(Cause.VELOCITY, closes=True) if self._open(view) > self._settings.most else None

    def _open(self, view: SessionView) -> int:
        match self._settings.per:
            case "ip":
                return view.connections[view.peer_address]
            case "/24":
                network = network_of(view.peer_address)
                return sum(count for ip, count in view.connections.items() if network_of(ip) == network)
        return sum(view.connections.values())
