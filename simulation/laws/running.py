"""Runs a world: in memory, over sockets, with two workers, cut off and resumed, without lies, and healed."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

from probe.classify.reading import ChosenClassifier
from probe.cli.exit_codes import Exit
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import Loaded, check, load
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


APART: Final = 50
"""One world of so many is run with worker processes, and resumed by the command."""


def run_world(world: World, folder: Path, *, apart: bool | None = None) -> Left:
    """Run a world in all ways, and return what was left. Raises InputError for a world that is no scenario.

    With ``apart`` there are real processes; None leaves it to the seed.
    """
    rng = random.Random(f"running:{world.seed}")
    if apart is None:
        apart = rng.randrange(APART) == 0
    path = world.write(folder / "world")
    loaded = load(path)
    prepare(loaded)
    runs = [Run(name, folder / name.replace(" ", "-")) for name in (MEMORY, TCP, TWO_WORKERS, RESUMED)]
    memory, tcp, two, resumed = runs
    with snapshot(memory.folder, resumed.folder, rng) as cut:
        _run(memory, loaded)
    _run(tcp, loaded, transport="tcp")
    with nullcontext() if apart else threads():
        _run(two, loaded, workers=2)
    if apart:
        _resume_apart(resumed, path, classifiers_of(loaded))
    else:
        _run(resumed, loaded, resume=True)
    left = Left(world, loaded, runs, cut)
    if any("claims" in gateway for gateway in world.scenario["gateway"]):
        left.honest = _run_changed(HONEST, without_lies(world.scenario), left, folder)
    healed = healed_from(world.scenario)
    if healed is not None:
        left.healed = _run_changed(HEALED, healed, left, folder)
        left.healed_at = loaded.scenario.starts.timestamp() + HEALS_AFTER_S
    if memory.result is not None:
        left.reports = hostile_reports(loaded, memory.folder, folder / "hostile", world.seed)
    return left


def _run_changed(name: str, scenario: dict[str, Any], left: Left, folder: Path) -> Run:
    """Run another scenario that has the files of the world."""
    run = Run(name, folder / name)
    loaded = check(scenario, folder=left.loaded.folder, path=name)
    _run(run, loaded)
    return run


def _resume_apart(run: Run, path: Path, classifiers: Sequence[ChosenClassifier]) -> None:
    """Resume a run as a user does. Its gates may fail."""
    named = [] if load(path).scenario.classifiers else [f"--classifier={each.name}" for each in classifiers]
    command = [sys.executable, "-m", "fivefifty", "run", str(path), f"--out={run.folder}", "--transport=memory"]
    done = subprocess.run([*command, "--resume", *named], capture_output=True, text=True, check=False)
    if done.returncode not in {Exit.PASSED, Exit.GATE_FAILED} or done.stderr:
        run.error = RuntimeError(f"exit code {done.returncode}: {done.stderr}")


def _run(run: Run, loaded: Loaded, **options: Any) -> None:
    """Run a scenario, and keep its result or its error."""
    settings = {"transport": "memory", "workers": 1, **options}
    try:
        classifiers = classifiers_of(loaded)
        run.result = run_scenario(prepare(loaded), Options(out=run.folder, classifiers=classifiers, **settings))
    except Exception as error:  # noqa: BLE001 - a law says that there is none
        run.error = error
