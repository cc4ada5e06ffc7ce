"""fivefifty evaluate --listed: false, missed and unknown listings, by fault, beside other tools."""

from __future__ import annotations

import json
from typing import Final

from probe.cli.console import PipedConsole
from probe.cli.exit_codes import keeping_nothing
from probe.cli.output import print_notes, printing
from probe.listed.lists import shipped
from probe.report.terminal.listed_accuracy import print_listed_accuracy
from probe.report.terminal.sweep import runs_bar
from probe.studies.listed.figures import summary
from probe.studies.listed.measure_run import measure
from probe.studies.listed.others_run import (
    Said,
    check_rbl,
    check_rbl_says,
    has_pydnsbl,
    measure_other,
    pydnsbl_says,
)

_MOST_OF_OTHERS: Final = 2
"""Another tool is asked with so many seeds at the most: it needs sockets, processes and its own time-outs."""


def evaluate_listings(first: int, count: int, workers: int, *, as_json: bool) -> None:
    """Measure, and print the figures."""
    lists = shipped().alive
    seeds = range(first, first + count)
    with keeping_nothing():
        with runs_bar("blocklists", len(lists)) as filling:
            tallies = {"fivefifty listed": measure(lists, seeds, workers, filling.advance)}
        for name, said in _others().items():
            with runs_bar(f"blocklists, asked by {name}", len(lists)) as filling:
                tallies[name] = measure_other(said, lists, seeds[:_MOST_OF_OTHERS], filling.advance)
    figures = summary(tallies, len(lists), seeds)
    with printing():
        if as_json:
            print(json.dumps(figures, indent=2))
        else:
            print_listed_accuracy(PipedConsole(), figures)


def _others() -> dict[str, Said]:
    """Return what other tools say, of those that are installed."""
    others: dict[str, Said] = {}
    if has_pydnsbl():
        others["pydnsbl"] = pydnsbl_says
    if check_rbl() is not None:
        others["check_rbl"] = check_rbl_says
    missing = [name for name in ("pydnsbl", "check_rbl") if name not in others]
    print_notes(f"{name} is left out: it is not installed" for name in missing)
    return others
