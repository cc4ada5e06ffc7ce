"""How a scenario is to be run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fake_gateways.loopback import Network
from probe.classify.reading import Chosen
from probe.lab.connections import Carriage
from probe.scenario.prices import Prices


@dataclass(frozen=True)
class Options:
    """How a scenario is to be run. ``resume`` goes on with what an earlier run left unfinished in the folder."""

    carriage: Carriage
    out: Path
    classifiers: tuple[Chosen, ...]
    workers: int | None = None
    allowed: tuple[Network, ...] = ()
    resume: bool = False
    log: Path | None = None
    transcripts: bool = False
    gates: tuple[Mapping[str, Any], ...] = ()
    prices: Prices | None = None
