"""fivefifty report: the HTML report of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from probe.cli.options import RunFolder
from probe.cli.output import print_lines


def report(
    run: RunFolder,
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the report goes (default: report.html in RUN).")
    ] = None,
) -> None:
    """Write the report of a run: one HTML file that needs no network."""
    from probe.report.html.page_file import judged_before, write_report

    result = judged_before(run)
    print_lines([str(write_report(result, result.findings(), run, out))])
