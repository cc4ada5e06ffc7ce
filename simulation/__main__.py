"""The command ``python -m simulation``, which ``make simulate`` calls."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from fake_gateways.units import parse_duration
from probe.cli.exit_codes import Exit
from probe.harmless import harmless
from simulation.account_file import load_account, save_account
from simulation.driver import simulate
from simulation.part import CaseError, Failure, Part, Tried, parts_named
from simulation.parts import PARTS
from simulation.process import attempt

_HERE: Final = Path(__file__).parent
_SEED: Final = re.compile(r"[A-Za-z0-9._/-]{1,200}", re.ASCII)
_NAMES: Final = ", ".join(part.name for part in PARTS)
Found = dict[str, tuple[Tried, float]]
"""What was tried and the seconds, by part."""


def main(  # noqa: PLR0917 - they are options
    lasts: Annotated[str, typer.Option("--for", help="how long, such as 90s, 3m or 8h")] = "3m",
    seed: Annotated[
        str, typer.Option(help="letters, digits, and any of . _ / -; the commit's hash if it is not given")
    ] = "",
    only: Annotated[str, typer.Option(help=f"some parts, or cases such as fuzzing:mail. Parts: {_NAMES}")] = "",
    again: Annotated[str, typer.Option(help="repeat one case, such as worlds:ab12cd34/1234")] = "",
    processes: Annotated[int, typer.Option(min=1, help="how many processes")] = os.cpu_count() or 1,
    keep: Annotated[bool, typer.Option("--keep", help="add the counts to simulation/ACCOUNT.md")] = False,  # noqa: FBT002
) -> None:
    """Try to break fivefifty. Exit code 1: something failed, and the last lines say how to repeat it."""
    commit = _commit()
    seed = seed or commit
    try:
        _check(seed, again, keep=keep)
        chosen = parts_named(PARTS, [name for name in only.split(",") if name] or [part.name for part in PARTS])
        seconds = _seconds(lasts)
        if again:
            raise typer.Exit(_again(again, commit))
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        raise typer.Exit(Exit.INPUT_WRONG) from None
    print(f"seed {seed}, commit {commit}, for {lasts}, {processes} processes: {', '.join(p.name for p in chosen)}")
    found: Found = {}
    try:
        _try_parts(chosen, seed, seconds, processes, found)
    except KeyboardInterrupt:
        raise typer.Exit(_interrupted(found)) from None
    finally:
        if keep:
            _keep(commit, found)
    for name, (tried, spent) in found.items():
        counts = ", ".join(f"{number:,} {noun}" for noun, number in sorted(tried.counts.items()))
        print(f"{name}: {counts or 'nothing'} in {spent:.0f} s, {len(tried.failures)} failures")
    failures = [failure for tried, _ in found.values() for failure in tried.failures]
    for failure in failures:
        _show(failure)
    untried = [name for name, (tried, _) in found.items() if not (tried.counts["cases"] or tried.failures)]
    if untried:
        print(f"error: no case of {', '.join(untried)} was tried: give more time, or another name", file=sys.stderr)
    raise typer.Exit(Exit.GATE_FAILED if failures or untried else Exit.PASSED)


def _again(name: str, commit: str) -> int:
    part, _, case = name.partition(":")
    (chosen,) = parts_named(PARTS, [part])
    if not case:
        raise ValueError(
            f"--again {harmless(name)} names no case: write for example {part}:CASE, as a failure shows it"
        )
    try:
        tried = attempt(chosen, case)
    except KeyboardInterrupt:
        return _interrupted({})
    except CaseError as error:
        raise ValueError(f"{part} has no case {harmless(case)}: {harmless(str(error))}") from None
    print(f"{harmless(name)}, commit {commit}: {dict(tried.counts)}")
    for failure in tried.failures:
        _show(failure)
    return Exit.GATE_FAILED if tried.failures else Exit.PASSED


def _try_parts(parts: Sequence[Part], seed: str, seconds: float, processes: int, found: Found) -> None:
    """Try parts; ``found`` has what was tried until now, also when it is interrupted."""

    def tell(name: str, tried: Tried, spent: float) -> None:
        found[name] = tried, spent
        if sys.stderr.isatty():
            _tell(name, tried, spent)

    found.update(simulate(parts, seed, seconds, processes, tell))


def _keep(commit: str, found: Found) -> None:
    account = load_account()
    account.add(commit, found)
    save_account(account)


def _interrupted(found: Found) -> int:
    for tried, _ in found.values():
        for failure in tried.failures:
            _show(failure)
    cases = ", ".join(f"{tried.counts['cases']:,} cases of {name}" for name, (tried, _) in found.items())
    failures = sum(len(tried.failures) for tried, _ in found.values())
    print(f"interrupted after {cases or 'no case'}: {failures} failures", file=sys.stderr)
    return Exit.INTERRUPTED


def _check(seed: str, again: str, *, keep: bool) -> None:
    if again and keep:
        raise ValueError("--keep is beside --again, which repeats one case and counts nothing: leave out one of them")
    if _SEED.fullmatch(seed) is None:
        raise ValueError(
            "--seed has other characters than letters, digits and . _ / -, or more than 200: choose another"
        )


def _show(failure: Failure) -> None:
    name = f"{failure.part}:{failure.case}"
    print(f"FAILED {name if failure.case else failure.part}: {harmless(failure.what)}")
    if failure.detail:
        print(harmless(failure.detail))
    if failure.case:
        print(f"    repeat it: make simulate AGAIN={name}")


def _tell(name: str, tried: Tried, seconds: float) -> None:
    shown = f"\r{name}: {tried.counts['cases']:,} cases, {len(tried.failures)} failures, {seconds:.0f} s"
    print(f"{shown:<78}", end="\r", file=sys.stderr, flush=True)


def _seconds(text: str) -> float:
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise ValueError(f"--for {error}") from None
    if not seconds:
        raise ValueError("--for is no time at all: write for example 90s, 3m or 8h")
    return seconds


def _commit() -> str:
    command = ["git", "-C", str(_HERE), "rev-parse", "--short=12", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "without-git"


if __name__ == "__main__":
    typer.run(main)
