"""fivefifty diagnose RUN --doubtful: ask about the recipients of a run of whom ``context`` is not sure."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import typer

from probe.cli.exit_codes import Exit, keeping_nothing
from probe.cli.options import load_scenario
from probe.cli.output import printing
from probe.sender.transport import TransportName


def diagnose_run(
    run: Path, scenario: Path | None, transport: TransportName, experiments: int, *, as_json: bool
) -> NoReturn:
    """Diagnose the doubtful recipients of a run, and write ``diagnoses.json`` beside its books."""
    import json

    from rich.progress import MofNCompleteColumn

    from probe.cli.console import PipedConsole
    from probe.diagnose.choice import Budget
    from probe.diagnose.run_document import run_as_document
    from probe.lab import diagnose_run as lab
    from probe.lab.prepare import prepare
    from probe.ledger import Ledger
    from probe.records.rows import DIAGNOSES
    from probe.report.terminal.doubtful_run import print_doubtful_run
    from probe.report.terminal.live_progress import ProgressBar
    from probe.user_files import write_here, writing

    with Ledger.open(run) as ledger:
        seed = int(ledger.note("seed") or 0)
        prepared = prepare(load_scenario(lab.scenario_of(ledger, scenario), seed))
    with keeping_nothing(), ProgressBar("experiments", experiments, MofNCompleteColumn()) as bar:
        found = lab.diagnose_run(run, prepared, transport, Budget.of(experiments), bar.reach)
    document = json.dumps(run_as_document(found), indent=2)
    folder = run if run.is_dir() else run.parent
    with writing(folder, "choose a run whose folder can be written"):
        write_here(folder / DIAGNOSES, document.encode() + b"\n")
    with printing():
        if as_json:
            print(document)
        else:
            print_doubtful_run(PipedConsole(), found, str(folder / DIAGNOSES))
    if not found.groups:
        raise typer.Exit(Exit.PASSED)
    raise typer.Exit(Exit.REASON_FOUND if found.settled else Exit.CANNOT_TELL)
