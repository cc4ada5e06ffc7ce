"""How a scenario is to be run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fake_gateways.loopback import Network
from probe.classify.reading import ChosenClassifier
from probe.scenario.prices import MistakePrices
from probe.sender.transport import TransportName


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a scenario is run.

    ``out`` is the folder of the books; ``resume`` continues an interrupted run in it. ``workers`` is the number of
    processes, None for a number that fits the campaign. ``allowed`` are networks beyond loopback that may be used.
    ``log`` is a JSON Lines file; ``transcripts`` keeps every SMTP dialogue in the books.
    """

    transport: TransportName
    out: Path
    classifiers: tuple[ChosenClassifier, ...]
    workers: int | None = None
    allowed: tuple[Network, ...] = ()
    resume: bool = False
    log: Path | None = None
    transcripts: bool = False
    gates: tuple[Mapping[str, Any], ...] = ()
    prices: MistakePrices | None = None
