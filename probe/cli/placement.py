"""fivefifty placement: where mail to seed mailboxes lands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from probe.cli.exit_codes import Exit, keeping_nothing
from probe.cli.options import AsJson, refuse
from probe.cli.output import printing
from probe.input_error import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from probe.placement.document import Found

_SEEDS: Final = 24


def placement(
    target: Annotated[
        Path,
        typer.Argument(metavar="TARGET", help="Folder of a run, or a file that names seed mailboxes (TOML)."),
    ],
    *,
    seeds: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help=f"For a run: how many recipients are taken as seeds (default: {_SEEDS})."
        ),
    ] = None,
    campaign: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="For a file: the campaign, as the header of its messages names it."),
    ] = None,
    sent: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="For a file: when it was sent, such as 2026-11-30T08:00Z."),
    ] = None,
    history: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For a file: where all results are kept. The alarm needs it."),
    ] = None,
    allow: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For mailboxes beyond this machine: the list that allows reading them."),
    ] = None,
    tidy: Annotated[
        bool, typer.Option("--tidy", help="For a file: delete the messages that were found in the mailboxes.")
    ] = False,
    as_json: AsJson = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write a web page that needs no network.")
    ] = None,
) -> None:
    """Show where mail to seed mailboxes lands: inbox, junk or nowhere, with 95 % intervals.

    Exits with 1 if the alarm is raised because the share in the inbox has fallen, and with 4 if no mailbox could be
    read.
    """
    import json

    from probe.cli.console import PipedConsole
    from probe.report.html.placement import placement_page
    from probe.report.terminal.placement import print_placement
    from probe.user_files import is_file, require_writable, write_whole, writing

    require_writable("--html", html)
    if is_file(target) and target.suffix == ".toml":
        refuse({"--seeds": seeds}, f"{target} names the seeds itself")
        found = _of_mailboxes(target, campaign, sent, history, allow, tidy=tidy)
    else:
        of_file = {
            "--campaign": campaign,
            "--sent": sent,
            "--history": history,
            "--allow": allow,
            "--tidy": tidy or None,
        }
        refuse(of_file, f"{target} is a run")
        found = _of_run(target, seeds or _SEEDS)
    if html is not None:
        with writing(f"--html {html}"):
            write_whole(html, placement_page(found), is_named=True)
    with printing():
        if as_json:
            print(json.dumps(found.model_dump(mode="json", by_alias=True), indent=2))
        else:
            print_placement(PipedConsole(), found)
    if not found.all.seeds:
        raise typer.Exit(Exit.CANNOT_TELL)
    raise typer.Exit(Exit.GATE_FAILED if found.is_raised else Exit.PASSED)


def _of_run(run: Path, seeds: int) -> Found:
    from probe.lab.read_seeds import read_run
    from probe.placement.document import found

    with keeping_nothing():
        read = read_run(run, seeds)
    return found(read.placed, read.true)


def _of_mailboxes(
    path: Path, campaign: str | None, sent: str | None, history: Path | None, allow: Path | None, *, tidy: bool
) -> Found:
    from contextlib import nullcontext
    from datetime import UTC, datetime

    from rich.progress import MofNCompleteColumn

    from probe.cli.ask_host import state_of_user
    from probe.placement.document import found
    from probe.placement.history_file import History
    from probe.placement.open_mailbox import Wanted
    from probe.placement.open_mailboxes import Allowed, read_file, read_mailboxes
    from probe.report.terminal.live_progress import ProgressBar

    file = read_file(path)
    if campaign is None or sent is None:
        option, what = ("--campaign", "campaign") if campaign is None else ("--sent", "time when it was sent")
        raise InputError(option, "is missing", f"name the {what}")
    if not (0 < len(campaign) <= 100 and campaign.isascii() and campaign.isprintable() and ";" not in campaign):
        raise InputError("--campaign", f"{campaign[:40]!r} is no name of a campaign", "write it as the header does")
    wanted = Wanted(file.header, campaign, _time(sent))
    with History(history) if history is not None else nullcontext() as kept:
        with keeping_nothing(), ProgressBar("mailboxes", len(file.seed), MofNCompleteColumn()) as bar:
            done = 0

            def tell() -> None:
                nonlocal done
                done += 1
                bar.reach(done, len(file.seed))

            allowed = None if allow is None else Allowed(allow, state_of_user())
            placed = read_mailboxes(file, wanted, allowed, datetime.now(UTC), tidy=tidy, tell=tell)
        if kept is None:
            return found(placed)
        kept.add(placed)
        return found(kept.placed())


def _time(text: str) -> datetime:
    from datetime import UTC, datetime

    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None or not 1990 <= read.year <= 2100:
        raise InputError("--sent", f"{text!r} is not a time with a time zone", "write for example 2026-11-30T08:00Z")
    return read.astimezone(UTC)
