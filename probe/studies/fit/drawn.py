"""Scenarios drawn for figures: other seeds and other vendors than those of the fit, and families left out of it.

Reserved for figures, so that nothing is fitted or tuned on them:

- seeds from ``families.RESERVED_SEEDS`` on;
- the vendors of these seeds: all are made up from ``vendor_words.RESERVED``, no word of which is in the fit;
- the families ``families.RESERVED``: exchangers that retire one of their domains (``merged``), that report outages and
  unknown users alike (``expired``), that refuse at certain hours (``office``), and tiny companies and tenants under a
  listing of weeks (``crowded``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from probe.studies.fit.families import FAMILIES, RESERVED, RESERVED_SEEDS, Drawn, draw

EVERY_FAMILY: Final = (*RESERVED, *FAMILIES)
"""All families, those on which no weight was fitted first."""


def drawn(seed: int, number: int, families: Sequence[str] = EVERY_FAMILY) -> Iterator[Drawn]:
    """Yield ``number`` scenarios of some families in turn; the same seed gives the same scenarios.

    ``seed`` is the number of the first, ``RESERVED_SEEDS`` or more. A scenario's ``load_in`` writes its vendors into a
    folder, which must last until its runs have ended.

    Raises:
        ValueError: The seed is one of the fit.
    """
    if seed < RESERVED_SEEDS:
        msg = f"seed {seed} is one of the fit, which has all below {RESERVED_SEEDS}"
        raise ValueError(msg)
    for each in range(seed, seed + number):
        yield draw(families[each % len(families)], each)
