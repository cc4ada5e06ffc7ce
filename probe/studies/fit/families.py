"""Families of scenarios: random companies, filters, lies and senders, each family with one kind of trouble.

The fit draws ``FAMILIES``. Figures also draw ``RESERVED``, on which no weight was fitted (see ``drawn.py``). No shipped
scenario is used for fitting. The ranges are wide on purpose: from one mailbox to some hundreds, turnover from none to
all, lies from none to all, gateways of known and of made-up vendors.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from probe.scenario.load import Loaded, check
from probe.studies.fit.draft import Draft, People
from probe.studies.fit.shapes import RESERVED_SHAPES, SHAPES
from probe.studies.fit.vendor_words import FITTED
from probe.studies.fit.vendor_words import RESERVED as RESERVED_WORDS
from probe.studies.in_memory_run import MESSAGES

FAMILIES: Final = tuple(SHAPES)
"""The families that the fit draws."""
RESERVED: Final = tuple(RESERVED_SHAPES)
"""The families that only figures draw."""
RARE: Final = {"restricted": 0.1, "full": 0.2, "directory": 0.3}
"""The importance of a case in some families; in all others it is 1.

Servers that always refuse a few living recipients are documented but rare: senders who measured it found about 5 % of
refusals to be wrong, filters included (MarketingSherpa), and SpamExperts describes one such case in its knowledge base.
With equal importance every sixth single "user unknown" would be a lie.
"""
RESERVED_SEEDS: Final = 1_000_000
"""Scenarios with this number and above are for figures; the fit numbers its own from zero."""

_OVER_MONTHS: Final = frozenset({"closed", "history", "merged", "crowded"})
_TESTED_MOSTLY: Final = frozenset({"closed", "lasting", "office", "crowded"})
_ONE_SOURCE: Final = frozenset({"lasting", "crowded"})


class Drawn(NamedTuple):
    """A drawn scenario: its family, its tables as TOML would hold them, and the files of its vendors by name."""

    family: str
    table: dict[str, Any]
    vendors: Mapping[str, str]

    @property
    def name(self) -> str:
        """The name of the scenario."""
        return str(self.table["name"])

    def load_in(self, folder: Path) -> Loaded:
        """Write the vendors into a folder, which must last as long as the scenario is used, and return the scenario."""
        for name, text in self.vendors.items():
            (folder / name).write_text(text, "utf-8")
        gateways = [
            {**gateway, "persona": str(folder / gateway["persona"])} if gateway["persona"] in self.vendors else gateway
            for gateway in self.table["gateway"]
        ]
        # It comes from this package, so it may name files in any folder.
        return check({**self.table, "gateway": gateways}, folder=MESSAGES, path=self.name, trusted=True)


def draw(family: str, seed: int) -> Drawn:
    """Draw a scenario of a family; the same seed gives the same scenario.

    From ``RESERVED_SEEDS`` on, all vendors are made up, with words that no scenario with a lower seed has.
    """
    rng = random.Random(f"{seed}:{family}")  # noqa: S311 - must be repeatable
    is_reserved = seed >= RESERVED_SEEDS
    draft = Draft(
        rng=rng,
        pool=RESERVED_WORDS if is_reserved else FITTED,
        people=_people(family, rng),
        hours=rng.choice([0.5, 1.0, 2.0, 4.0, 8.0]),
        campaigns=_campaigns(family, rng),
        gap_days=rng.choice([7, 14, 30, 60] if family == "history" else [14, 30, 91, 182]),
        made_up=1.0 if is_reserved or family == "strangers" else 0.4,
        retested=0.8 if family in _TESTED_MOSTLY else 0.5,
        listing={"lasting": "weeks", "crowded": "weeks", "history": "campaigns"}.get(family, "campaign"),
        sources=rng.choice([1, 1, 1, 2] if family in _ONE_SOURCE else [1, 1, 2, 2, 3]),
    )
    {**SHAPES, **RESERVED_SHAPES}[family](draft)
    table = {
        "schema": 1,
        "name": f"{family}-{seed}",
        "title": f"made for {'figures' if is_reserved else 'fitting'}: {family}",
        "seed": seed,
        **draft.tables(),
    }
    return Drawn(family, table, dict(draft.vendors))


def _people(family: str, rng: random.Random) -> People:
    if family == "uneven":
        return People(rng.uniform(0.02, 0.4), rng.uniform(0.05, 0.6), rng.choice([0.0, 0.3]), rng.uniform(0.2, 1.0))
    # A list ages as a whole, and only an aged list meets filters that count unknown recipients.
    aged = rng.choice([2.0, 3.0, 5.0]) if family == "harvest" else rng.choice([1.0, 1.0, 1.0, 3.0])
    return People(
        departed=aged * min(0.25, rng.lognormvariate(-3.3, 0.5)),
        turnover=rng.choice([0.0, 0.1, 0.16, 0.3]),
        opens=rng.choice([0.0, 0.2, 0.4]),
        varies=rng.choice([0.0, 0.02, 0.05, 0.1, 0.3]),
    )


def _campaigns(family: str, rng: random.Random) -> int:
    if family == "history":
        return rng.randint(4, 8)
    return rng.randint(2, 4) if family in _OVER_MONTHS else rng.choice([1, 1, 1, 2, 3])
