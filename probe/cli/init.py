"""The command that writes a starting set into somebody's repository: init."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from probe.cli.console import app, printing
from probe.harmless import harmless
from probe.starter_kit import write as starting


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="A repository (default: this folder).")] = Path(),
    *,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there already.")] = False,
) -> None:
    """Write a starting set into a repository: a scenario, rules, a baseline, tests, jobs for GitHub and GitLab."""
    written = starting.begin(folder, force=force)
    with printing():
        for name in written:
            print(harmless(f"wrote {folder / name}"))
        if starting.GITLAB_BESIDE in written:
            print(f"  {starting.GITLAB} is yours: include {starting.GITLAB_BESIDE} there (include: local)")
        there = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
        command = f"fivefifty run {starting.SCENARIO} --transport memory --baseline {starting.BASELINE}"
        print(harmless(f"\nnext: {there}{command}"))
        print("books go to runs/, which is for .gitignore")
