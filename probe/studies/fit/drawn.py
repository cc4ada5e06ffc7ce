"""Scenarios drawn by seed for figures: other seeds and other vendors than those of the fit, and families left out of it.

Reserved for figures, so that no weight is fitted and nothing is tuned on them:

- the seeds: every scenario of this module is drawn from a stream of its own (``held-out:SEED:FAMILY``);
- the vendors: ``vendors.RESERVED``, whose words and habits no scenario of the fit has;
- the families: ``families.RESERVED``, which ``fivefifty fit`` never draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from probe.scenario.load import Loaded, check
from probe.studies.fit.families import FAMILIES, RESERVED, draw
from probe.studies.in_memory_run import MESSAGES

EVERY_FAMILY = (*RESERVED, *FAMILIES)
"""All families. Figures on those of ``RESERVED`` say more, because no weight was fitted on scenarios like them."""


class Drawn(NamedTuple):
    """A drawn scenario: its family, its tables as TOML would hold them, and the files of its vendors by name."""

    family: str
    table: dict[str, Any]
    vendors: dict[str, str]

    @property
    def name(self) -> str:
        """The name of the scenario."""
        return str(self.table["name"])

    def load_in(self, folder: Path) -> Loaded:
        """Write the vendors into a folder, which must last as long as the scenario is used, and return the scenario."""
        for name, text in self.vendors.items():
            (folder / name).write_text(text, "utf-8")
        raise NotImplementedError


def drawn(seed: int, number: int, families: Sequence[str] = EVERY_FAMILY) -> Iterator[Drawn]:
    """Yield ``number`` scenarios of some families in turn; the same seed gives the same scenarios."""
    raise NotImplementedError
