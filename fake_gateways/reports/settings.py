"""How a gateway sends delivery reports."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from fake_gateways.reports.dsn import Habit, Layout
from fake_gateways.units import Duration


class Reports(BaseModel):
    """How a gateway tells a sender afterwards that a message it had taken was not delivered.

    ``after`` is how long it tries first; some send each report ``twice``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    layout: Layout = Layout.RFC3464
    habits: frozenset[Habit] = frozenset()
    after: Duration = 60.0
    twice: bool = False
