"""fivefifty evaluate: the classifiers on scenarios of files, or on drawn ones."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from probe.classify.registry import choose
from probe.cli.console import PipedConsole
from probe.cli.exit_codes import keeping_nothing
from probe.cli.output import print_notes, printing
from probe.harmless import harmless
from probe.report.plots.chart_file import draw, require_drawable
from probe.report.plots.frontier import chart
from probe.report.terminal.evaluate import print_evaluation
from probe.report.terminal.sweep import runs_bar
from probe.scenario.load import Loaded
from probe.scenario.shipped_files import FOLDER
from probe.studies.evaluate import run as study
from probe.studies.evaluate.summary import summary
from probe.user_files import is_folder, require_writable, writing

_SANITY: Final = (
    "The scenarios of fivefifty were looked at while context was made: a test of sanity. --drawn 230 gives evidence."
)


def evaluate_classifiers(
    wanted: Sequence[Path] | range | None, more: Sequence[str], plot: Path | None, workers: int, *, as_json: bool
) -> None:
    """Print the figures of scenario files, or of scenarios drawn with a range of seeds; ``plot`` is for a chart."""
    if plot is not None:
        require_drawable(plot)
        require_writable("--plot", plot)
    scenarios = study.draw_scenarios(wanted) if isinstance(wanted, range) else _read(wanted)
    names = study.classifiers_with(more)
    print_notes(note for each in choose(names) for note in each.notes)
    with keeping_nothing(), runs_bar("scenarios", len(scenarios)) as filling:
        evaluated = study.evaluate(scenarios, names, workers, filling.advance)
    figures = summary(evaluated)
    with printing():
        if as_json:
            print(json.dumps(figures, indent=2))
        else:
            print_evaluation(PipedConsole(), figures)
            if any(isinstance(each, Loaded) and Path(each.path).resolve().is_relative_to(FOLDER) for each in scenarios):
                print(_SANITY)
    if plot is not None:
        with writing(f"--plot {plot}"):
            draw(plot, chart(figures["frontier"]))


def _read(paths: Sequence[Path] | None) -> list[Loaded]:
    """Read scenarios, and say which files are none."""
    own = Path("scenarios")
    loaded, passed_over = study.load_scenarios(paths or [own if is_folder(own) else FOLDER])
    if passed_over:
        total = len(loaded) + len(passed_over)
        sentence = f"{len(passed_over):,} of {total:,} files are left out, as they are no scenarios: {passed_over[0]}"
        others = f" and {len(passed_over) - 1:,} more" if passed_over[1:] else ""
        print(harmless(f"{sentence}{others}"), file=sys.stderr)
    return loaded
