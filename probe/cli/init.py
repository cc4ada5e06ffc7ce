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
    install: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT",
            envvar="FIVEFIFTY",
            help="What the CI jobs install: git+URL@COMMIT, or a wheel, which is copied (default: what is installed "
            "here, if others can get it).",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")] = False,
) -> None:
    """Set up a repository: a scenario, rules, a baseline, a test, jobs for GitHub and GitLab."""
    import shlex

    from probe.starter_kit import write as starter_kit
    from probe.starter_kit.installed_from import VARIABLE, installed_from

    source = installed_from() if install is None else install
    written = starter_kit.begin(folder, source, force=force)
    print_lines(f"wrote {path}" for path in written)
    names = [path.name for path in written]
    if starter_kit.GITLAB_BESIDE in names:
        print(f"  {starter_kit.GITLAB} is yours: include {starter_kit.GITLAB_BESIDE} there (include: local)")
    there = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    command = f"fivefifty run {starter_kit.SCENARIO} --transport memory --baseline {starter_kit.BASELINE}"
    print_lines(["", f"next: {there}{command}"])
    if not source:
        jobs = " and ".join(str(path) for path in written if path.suffix == ".yml")
        print_lines([f"then: set {VARIABLE} in {jobs} to what CI can install, such as git+URL@COMMIT of fivefifty"])
