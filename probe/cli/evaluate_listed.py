"""fivefifty evaluate --listed: false, missed and unknown listings, by fault, beside other tools."""

from __future__ import annotations

import json

from probe.cli.console import PipedConsole
from probe.cli.exit_codes import keeping_nothing
from probe.cli.output import print_notes, printing
from probe.listed.lists import shipped
from probe.report.terminal.listed_accuracy import print_listed_accuracy
from probe.report.terminal.sweep import runs_bar
from probe.studies.listed.figures import summary
from probe.studies.listed.measure_run import measure
from probe.studies.listed.others_run import has_pydnsbl, measure_pydnsbl

_MOST_OF_OTHERS = 3
"""Another tool is asked with so many seeds: it needs sockets and its own time-outs."""


def evaluate_listings(first: int, count: int, workers: int, *, as_json: bool) -> None:
    """Measure, and print the figures."""
    lists = shipped().alive
    seeds = range(first, first + count)
    with keeping_nothing():
        with runs_bar("blocklists", len(lists)) as filling:
            tallies = {"fivefifty listed": measure(lists, seeds, workers, filling.advance)}
        if has_pydnsbl():
            with runs_bar("blocklists, asked by pydnsbl", len(lists)) as filling:
                tallies["pydnsbl"] = measure_pydnsbl(lists, seeds[:_MOST_OF_OTHERS], filling.advance)
        else:
            print_notes(["pydnsbl is left out: it is not installed"])
    figures = summary(tallies, len(lists), seeds)
    with printing():
        if as_json:
            print(json.dumps(figures, indent=2))
        else:
            print_listed_accuracy(PipedConsole(), figures)
