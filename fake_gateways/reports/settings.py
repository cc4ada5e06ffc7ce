"""How a gateway sends delivery reports."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from fake_gateways.reports.dsn import Habit, Layout
from fake_gateways.units import Duration


class Reports(BaseModel):
    """How a gateway reports that an accepted message was not delivered.

    ``after`` is the delay in seconds. With ``twice`` every report is sent two times.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    layout: Layout = Layout.RFC3464
    habits: frozenset[Habit] = frozenset()
    after: Duration = 60.0
    twice: bool = False
