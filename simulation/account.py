"""The account of what was tried: counts that are added up over runs, and the page that shows them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from simulation.part import Tried, pairs_of
from simulation.worlds.features import APART

_SECONDS: Final = "seconds"


@dataclass
class Account:
    """What was tried in all runs: counts by part, the pairs of features that met, and the commits that were tried."""

    parts: dict[str, dict[str, int]] = field(default_factory=dict)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    commits: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Account:
        """Read an account from JSON."""
        raw: dict[str, Any] = json.loads(text)
        pairs = {(one, other) for one, others in raw["pairs"].items() for other in others.split()}
        return cls(raw["parts"], pairs, raw["commits"])

    def written(self) -> str:
        """Return the account as JSON. Pairs are written by their first feature, as a line each: there are thousands."""
        pairs = {one: " ".join(other for _, other in some) for one, some in groupby(sorted(self.pairs), itemgetter(0))}
        raw = {"parts": self.parts, "commits": self.commits, "pairs": pairs}
        return json.dumps(raw, indent=1, sort_keys=True) + "\n"

    def add(self, commit: str, found: Mapping[str, tuple[Tried, float]]) -> None:
        """Add what one run tried."""
        for name, (tried, seconds) in found.items():
            counts = self.parts.setdefault(name, {})
            for noun, number in {**tried.counts, "failures": len(tried.failures), _SECONDS: round(seconds)}.items():
                counts[noun] = counts.get(noun, 0) + number
            self.pairs |= tried.pairs
        spent = sum(round(seconds) for _, seconds in found.values())
        self.commits[commit] = self.commits.get(commit, 0) + spent


def page(account: Account, features: Iterable[str], found: str) -> str:
    """Return ACCOUNT.md. ``found`` is the text of found.toml: faults, and the regression test of each."""
    return "\n".join(_page(account, list(features), tomllib.loads(found)["fault"])) + "\n"


def _page(account: Account, features: list[str], faults: list[dict[str, str]]) -> Iterator[str]:
    spent = sum(account.commits.values())
    yield "# What was tried"
    yield ""
    yield f"`make simulate KEEP=1` adds its counts. So far: {spent:,} s, {len(account.commits):,} commits."
    for name, counts in account.parts.items():
        yield from ("", f"## {name}", "", "| what | how often |", "|---|--:|")
        yield from (f"| {noun} | {number:,} |" for noun, number in sorted(counts.items()))
    possible = {*pairs_of(features)} - APART
    met = account.pairs & possible
    yield from ("", "## Pairs of features", "")
    yield f"{len(met):,} of {len(possible):,} pairs of the {len(features)} features of worlds have met."
    yield from ("", "## Faults found and mended", "", "| found by | fault | regression test |", "|---|---|---|")
    yield from (f"| {each['by']} | {each['what']} | `{each['test']}` |" for each in faults)
