"""fivefifty evaluate --placement: intervals and alarm in worlds whose shares are known."""

from __future__ import annotations

import json
from typing import Final

from rich.progress import MofNCompleteColumn

from probe.cli.console import PipedConsole
from probe.cli.exit_codes import keeping_nothing
from probe.cli.output import printing
from probe.report.terminal.live_progress import ProgressBar
from probe.report.terminal.placement_study import print_placement_study
from probe.studies.placement.figures import parts, summary

_WORLDS: Final = 1000
"""So many worlds and years are drawn unless a number is given."""


def evaluate_placement(seed: int, number: int | None, *, as_json: bool) -> None:
    """Measure intervals in so many worlds, and the alarm in as many years, and print what was found."""
    worlds = number or _WORLDS
    with keeping_nothing(), ProgressBar("parts", parts(), MofNCompleteColumn()) as bar:
        figures = summary(seed, worlds, worlds, bar.advance)
    with printing():
        if as_json:
            print(json.dumps(figures, indent=2))
        else:
            print_placement_study(PipedConsole(), figures)
