"""fivefifty init: set up a repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from probe.cli.output import print_lines


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder of the repository (default: here).", show_default=False)
    ] = Path(),
    *,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")] = False,
) -> None:
    """Set up a repository: a scenario, rules, a baseline, a test, jobs for GitHub and GitLab."""
    import shlex

    from probe.starter_kit import write as starter_kit

    written = starter_kit.begin(folder, force=force)
    print_lines(f"wrote {folder / name}" for name in written)
    if starter_kit.GITLAB_BESIDE in written:
        print(f"  {starter_kit.GITLAB} is yours: include {starter_kit.GITLAB_BESIDE} there (include: local)")
    there = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    command = f"fivefifty run {starter_kit.SCENARIO} --transport memory --baseline {starter_kit.BASELINE}"
    print_lines(["", f"next: {there}{command}", "books go to runs/; add it to .gitignore"])
