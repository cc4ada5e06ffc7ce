"""Refuse clients from regions that the administrator has excluded."""

from __future__ import annotations

import ipaddress
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from fake_gateways.policies.ip_reputation import Networks
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse


class GeographySettings(Settings):
    """The networks of each region, and the names of the refused regions.

    Products use a commercial database. A scenario gives its own table, because its addresses are simulated.
    """

    nature: ClassVar = Nature(
        causes=(Cause.POLICY,), stages=frozenset({Stage.CONNECT, Stage.MAIL, Stage.RCPT}), usual=Stage.CONNECT
    )

    type: Literal["geography"]
    regions: dict[str, Networks]
    refuse: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _regions_are_known(self) -> Self:
        unknown = sorted(set(self.refuse) - set(self.regions))
        if unknown:
            raise InvalidValueError(
                f"{unknown[0]!r} is refused, but is not one of the regions", "add its networks under regions"
            )
        return self

    def begin(self) -> Geography:
        """Return the policy."""
        return Geography(self)


class Geography:
    """Knows the refused networks. A client outside all regions is accepted."""

    def __init__(self, settings: GeographySettings) -> None:
        self._refused = [network for name in settings.refuse for network in settings.regions[name]]

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a client from a refused region."""
        ip = ipaddress.ip_address(view.peer_address)
        return Refuse(Cause.POLICY) if any(ip in network for network in self._refused) else None
