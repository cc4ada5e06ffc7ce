"""The command that makes a run's report anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from probe.cli.console import RunFolder, app
from probe.harmless import harmless
from probe.report.html.page_file import judged_before, write_report


@app.command()
def report(
    folder: RunFolder,
    *,
    out: Annotated[Path | None, typer.Option(help="The file to write (default: report.html in RUN).")] = None,
) -> None:
    """Write the report of a run that was judged before, to look at: one HTML file that needs nothing else."""
    print(harmless(str(write_report(judged_before(folder), folder, out))))
