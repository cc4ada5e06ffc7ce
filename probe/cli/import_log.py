"""The command that reads other systems' logs: import."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from probe.cli.console import app, printing
from probe.harmless import harmless
from probe.intake import open_log as intaking
from probe.intake.formats import FORMATS, MAILBOX
from probe.intake.to_scenario.write_scenario import import_as_scenario
from probe.report.terminal.live_progress import Filling


class ImportUse(StrEnum):
    """What becomes of a log."""

    SCENARIO = "scenario"
    EVENTS = "events"


@app.command("import")
def import_log(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="A log (also packed by gzip), an mbox or a Maildir.")],
    *,
    source: Annotated[str, typer.Option("--from", help=f"Whose log it is: {', '.join([*FORMATS, MAILBOX])}.")],
    use: Annotated[ImportUse, typer.Option("--as", help="What to make of it.")] = ImportUse.SCENARIO,
    out: Annotated[Path | None, typer.Option(help="Folder for the scenario (default: imported/NAME).")] = None,
    columns: Annotated[
        list[str] | None, typer.Option(help="For csv and jsonl, such as recipient=email; repeat for several.")
    ] = None,
    year: Annotated[
        int | None,
        typer.Option(min=1970, max=2100, help="Year of the first line, where times have none (default: now)."),
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="Key of the made-up names, made if it is not there (default: a key for once).")
    ] = None,
    keep_names: Annotated[bool, typer.Option("--keep-names", help="Keep real names and addresses.")] = False,
) -> None:
    """Turn another system's log into a scenario that replays it, its names made up unless you say otherwise."""
    events = intaking.open_log(log, source, columns=columns or (), year=year)
    if use is ImportUse.EVENTS:
        with printing():
            for line in intaking.as_json(events):
                print(line)
        return
    name = intaking.name_of(log)
    key = None if keep_names else intaking.key(key_file)
    with Filling(f"reading {log.name}", intaking.size_of(log)) as bar:
        events = intaking.open_log(log, source, columns=columns or (), year=year, advance=bar.advance)
        summary = import_as_scenario(events, out or Path("imported") / name, name=name, key=key, log=log)
    for line in intaking.told(summary):
        print(harmless(line))
