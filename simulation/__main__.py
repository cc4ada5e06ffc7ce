"""The command ``python -m simulation``, which ``make simulate`` calls."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from probe.harmless import harmless
from simulation.account import Account, page
from simulation.driver import simulate
from simulation.part import Failure, Tried, parts_named
from simulation.parts import FEATURES, PARTS
from simulation.process import attempt

_HERE: Final = Path(__file__).parent
_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
FAILED: Final = 1
USAGE: Final = 2


def main(  # noqa: PLR0917 - they are options
    lasts: Annotated[str, typer.Option("--for", help="how long, such as 90s, 3m or 8h")] = "3m",
    seed: Annotated[str, typer.Option(help="any text; the commit's hash if it is not given")] = "",
    only: Annotated[str, typer.Option(help=f"some parts: {','.join(part.name for part in PARTS)}")] = "",
    again: Annotated[str, typer.Option(help="repeat one case, such as worlds:ab12cd34/1234")] = "",
    processes: Annotated[int, typer.Option(min=1, help="how many processes")] = os.cpu_count() or 1,
    keep: Annotated[bool, typer.Option("--keep", help="add the counts to simulation/ACCOUNT.md")] = False,  # noqa: FBT002
) -> None:
    """Try to break fivefifty. Exit code 1: something failed, and the last lines say how to repeat it."""
    commit = _commit()
    seed = seed or commit
    try:
        chosen = parts_named(PARTS, [name for name in only.split(",") if name] or [part.name for part in PARTS])
        seconds = _seconds(lasts)
        if again:
            raise typer.Exit(_again(again))
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        raise typer.Exit(USAGE) from None
    print(f"seed {seed}, commit {commit}, for {lasts}, {processes} processes: {', '.join(p.name for p in chosen)}")
    found = simulate(chosen, seed, seconds, processes, _tell if sys.stderr.isatty() else lambda *_: None)
    for name, (tried, spent) in found.items():
        counts = ", ".join(f"{number:,} {noun}" for noun, number in sorted(tried.counts.items()))
        print(f"{name}: {counts or 'nothing'} in {spent:.0f} s, {len(tried.failures)} failures")
    failures = [failure for tried, _ in found.values() for failure in tried.failures]
    for failure in failures:
        _show(failure)
    if keep:
        _keep(commit, found)
    untried = [name for name, (tried, _) in found.items() if not tried.counts["cases"]]
    if untried:
        print(f"error: no time was left for {', '.join(untried)}", file=sys.stderr)
    raise typer.Exit(FAILED if failures or untried else 0)


def _again(name: str) -> int:
    part, _, case = name.partition(":")
    (chosen,) = parts_named(PARTS, [part])
    tried = attempt(chosen, case)
    print(f"{name}: {dict(tried.counts)}")
    for failure in tried.failures:
        _show(failure)
    return FAILED if tried.failures else 0


def _show(failure: Failure) -> None:
    print(f"FAILED {failure.part}:{failure.case}: {harmless(failure.what)}")
    if failure.detail:
        print(harmless(failure.detail))
    print(f"    repeat it: make simulate AGAIN={failure.part}:{failure.case}")


def _tell(name: str, tried: Tried, seconds: float) -> None:
    shown = f"\r{name}: {tried.counts['cases']:,} cases, {len(tried.failures)} failures, {seconds:.0f} s"
    print(f"{shown:<78}", end="\r", file=sys.stderr, flush=True)


def _keep(commit: str, found: dict[str, tuple[Tried, float]]) -> None:
    file = _HERE / "account.json"
    account = Account.read(file.read_text("utf-8")) if file.exists() else Account()
    account.add(commit, found)
    file.write_text(account.written(), "utf-8")
    text = page(account, FEATURES, (_HERE / "found.toml").read_text("utf-8"))
    (_HERE / "ACCOUNT.md").write_text(text, "utf-8")


def _seconds(text: str) -> float:
    found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]+)?)([smh])", text)
    if found is None or float(found[1]) == 0:
        raise ValueError(f"--for {text!r} is not a time: write for example 90s, 3m or 8h")
    return float(found[1]) * _UNITS[found[2]]


def _commit() -> str:
    command = ["git", "-C", str(_HERE), "rev-parse", "--short=12", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "without-git"


if __name__ == "__main__":
    typer.run(main)
