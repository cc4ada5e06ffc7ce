"""Runs a world: in memory, over sockets, with two workers, cut off and resumed, without lies, and healed."""

from __future__ import annotations

import random
import sys
from collections.abc import Collection
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Final

from probe.cli.exit_codes import Exit
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import Loaded, check, load
from simulation.command import fault_of
from simulation.laws.changed import HEALS_AFTER_S, healed_from, without_lies
from simulation.laws.classifiers import classifiers_of
from simulation.laws.hostile import hostile_reports
from simulation.laws.left import Left, Run
from simulation.laws.snapshot import snapshot
from simulation.laws.workers import threads
from simulation.worlds.world import World

MEMORY: Final = "memory"
TCP: Final = "tcp"
TWO_WORKERS: Final = "two workers"
RESUMED: Final = "resumed"
HONEST: Final = "honest"
HEALED: Final = "healed"
REPORTS: Final = "reports"
WAYS: Final = (TCP, TWO_WORKERS, RESUMED, HONEST, HEALED, REPORTS)
"""The ways in which a world is run besides memory; the last one makes reports of hostile words."""
APART: Final = 50
"""One world of so many is run with worker processes, and resumed by the command."""


def run_world(world: World, folder: Path, ways: Collection[str] = WAYS, *, apart: bool | None = None) -> Left:
    """Run a world in memory and in some other ways, and return what was left. Raises InputError if it is no scenario.

    With ``apart`` there are real processes; None leaves it to the seed.
    """
    rng = random.Random(f"running:{world.seed}")
    if apart is None:
        apart = rng.randrange(APART) == 0
    loaded = load(world.write(folder / "world"))
    prepare(loaded)
    runs = {name: Run(name, folder / name.replace(" ", "-")) for name in (MEMORY, TCP, TWO_WORKERS, RESUMED)}
    memory, resumed = runs[MEMORY], runs[RESUMED]
    with snapshot(memory.folder, resumed.folder, rng) as cut:
        _run(memory, loaded)
    if TCP in ways:
        _run(runs[TCP], loaded, transport="tcp")
    if TWO_WORKERS in ways:
        with nullcontext() if apart else threads():
            _run(runs[TWO_WORKERS], loaded, workers=2)
    if RESUMED in ways:
        (_resume_apart if apart else partial(_run, resume=True))(resumed, loaded)
    left = Left(world, loaded, [run for name, run in runs.items() if name == MEMORY or name in ways], cut)
    if HONEST in ways and any("claims" in gateway for gateway in world.scenario["gateway"]):
        left.honest = _run_changed(HONEST, without_lies(world.scenario), left, folder)
    healed = healed_from(world.scenario)
    if HEALED in ways and healed is not None:
        left.healed = _run_changed(HEALED, healed, left, folder)
        left.healed_at = loaded.scenario.starts.timestamp() + HEALS_AFTER_S
    if REPORTS in ways and memory.result is not None:
        left.reports = hostile_reports(loaded, memory.folder, folder / "hostile", world.seed)
    return left


def _run_changed(name: str, scenario: dict[str, Any], left: Left, folder: Path) -> Run:
    """Run another scenario that has the files of the world."""
    run = Run(name, folder / name)
    loaded = check(scenario, folder=left.loaded.folder, path=name)
    _run(run, loaded)
    return run


def _resume_apart(run: Run, loaded: Loaded) -> None:
    """Resume a run as a user does. Its gates may fail."""
    named = [] if loaded.scenario.classifiers else [f"--classifier={each.name}" for each in classifiers_of(loaded)]
    command = [sys.executable, "-m", "fivefifty", "run", loaded.path, f"--out={run.folder}", "--transport=memory"]
    command += [f"--log={run.log}", "--transcripts", "--resume", *named]
    fault = fault_of(command, {Exit.PASSED, Exit.GATE_FAILED})
    if fault:
        run.error = RuntimeError(fault)


def _run(run: Run, loaded: Loaded, **options: Any) -> None:
    """Run a scenario, and keep its result or its error."""
    settings = {"transport": "memory", "workers": 1, "log": run.log, "transcripts": True, **options}
    try:
        classifiers = classifiers_of(loaded)
        run.result = run_scenario(prepare(loaded), Options(out=run.folder, classifiers=classifiers, **settings))
    except Exception as error:  # noqa: BLE001 - a law says that there is none
        run.error = error
