"""Refuse clients from where the administrator does not do business."""

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
    """Regions by the addresses in them, and the names of those that are refused.

    Products buy that table; a scenario, whose addresses are on no map, brings its own.
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
                f"{unknown[0]!r} is refused but not among the regions", "add its networks under regions"
            )
        return self

    def begin(self) -> Geography:
        """Return the policy."""
        return Geography(self)


class Geography:
    """Knows only what is refused; who is on no map may come."""

    def __init__(self, settings: GeographySettings) -> None:
        self._refused = [network for name in settings.refuse for network in settings.regions[name]]

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a client from a refused region."""
        ip = ipaddress.ip_address(view.peer_address)
        return Refuse(Cause.POLICY) if any(ip in network for network in self._refused) else None
