"""Reads or draws scenarios, runs them in memory, in several processes, and lets every classifier read them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from probe.classify.context import Context
from probe.classify.context.weights import Weights
from probe.classify.reading import Reading
from probe.classify.registry import BASELINES, choose
from probe.input_error import InputError
from probe.judge.run_classifier import read_all
from probe.judge.story import Key
from probe.lab import processes
from probe.scenario.load import Loaded, load
from probe.scenario.sending import Retest
from probe.scenario.shipped_files import located, looks_like_a_scenario
from probe.studies.evaluate.figures import (
    CODE,
    CONTEXT,
    HELD_OUT,
    KEEPS_ALL,
    Evaluated,
    count_errors,
    count_retests,
    probabilities,
    remaining_errors,
    retested,
)
from probe.studies.evaluate.plain_policies import policy_errors
from probe.studies.fit.drawn import drawn
from probe.studies.fit.families import RESERVED, RESERVED_SEEDS, Drawn
from probe.studies.fit.held_out import weights_without
from probe.studies.in_memory_run import MESSAGES, InMemoryRun, run_in_memory, with_retest
from probe.user_files import is_file, is_folder

_RETEST: Final = Retest(message=str(MESSAGES / "plain.eml"))


def load_scenarios(paths: Iterable[Path]) -> tuple[list[Loaded], list[Path]]:
    """Read scenario files, and all files of folders; a file that is named twice is read once.

    Returns the scenarios, and the files that are passed over because they are none. If none is one, the first says
    what it lacks.

    Raises:
        InputError: A folder holds no scenario, two scenarios have one name, or one cannot run in memory.
    """
    files = {file.resolve(): file for path in paths for file in _files(path)}.values()
    passed_over = [
        file for file in files if is_file(file) and os.access(file, os.R_OK) and not looks_like_a_scenario(file)
    ]
    if len(passed_over) == len(files):
        passed_over = []
    loaded = [load(file) for file in files if file not in passed_over]
    path_of: dict[str, str] = {}
    for each in loaded:
        name = each.scenario.name
        other = path_of.setdefault(name, each.path)
        if other != each.path:
            raise InputError(each.path, f"is called {name}, and so is {other}", "give one of them another name")
    for each in loaded:
        if each.scenario.is_foreign or each.scenario.scanners_asked:
            raise InputError(each.path, "needs servers of yours, and evaluate runs in memory", "leave it out")
    return loaded, passed_over


def _files(path: Path) -> list[Path]:
    if not is_folder(path):
        return [located(path)]
    files = sorted(path.glob("*.toml"))
    if not files:
        raise InputError(path, "holds no scenario (*.toml)", "name a folder of scenarios")
    return files


def draw_scenarios(seeds: range) -> list[Drawn]:
    """Draw scenarios of every family in turn, with seeds that no fit uses: 0 is the first of them."""
    return list(drawn(RESERVED_SEEDS + seeds.start, len(seeds)))


def classifiers_with(more: Iterable[str]) -> list[str]:
    """Return the baselines, ``context`` and ``more``; raises InputError for one that cannot be used."""
    names = [*BASELINES, CONTEXT, *more]
    choose(names)
    return names


def evaluate(
    scenarios: Iterable[Loaded | Drawn], names: Sequence[str], workers: int, tell: Callable[[int], object]
) -> list[Evaluated]:
    """Run every scenario twice, without retests and with them, and let classifiers read both.

    ``tell`` is called with 1 after each scenario.
    """
    jobs = [(scenario, tuple(names)) for scenario in scenarios]
    found = []
    for each in processes.in_order(_one, jobs, workers):
        found.append(each)
        tell(1)
    return found


def _one(job: tuple[Loaded | Drawn, Sequence[str]]) -> Evaluated:
    scenario, names = job
    if not isinstance(scenario, Drawn):
        return _evaluated(scenario, names, has_known_vendors=True)
    with tempfile.TemporaryDirectory() as folder:
        found = _evaluated(scenario.load_in(Path(folder)), names, has_known_vendors=False)
    found.family, found.is_reserved = scenario.family, scenario.family in RESERVED
    return found


def _evaluated(loaded: Loaded, names: Sequence[str], *, has_known_vendors: bool) -> Evaluated:
    plain = run_in_memory(with_retest(loaded, None))
    tested = run_in_memory(with_retest(loaded, _RETEST))
    truths = [story.truth for story in plain.stories.values() if story.truth is not None]
    found = Evaluated(plain.name, any(not truth.honest for truth in truths))
    found.retests, found.retests_of_gone = count_retests(tested.stories.values())
    code: Mapping[Key, Reading] = {}
    for chosen in choose(names):
        with chosen.open() as classifier:
            readings = read_all(chosen.name, classifier, plain.stories)
            _count(found, chosen.name, plain, readings)
            if chosen.name == CODE:
                code = readings
            if chosen.name == CONTEXT and has_known_vendors:
                _count(found, HELD_OUT, plain, _held_out(plain, found, code))
            if chosen.name != KEEPS_ALL:
                again = retested(chosen.name)
                readings = read_all(again, classifier, tested.stories)
                _count(found, again, tested, readings)
                found.remaining[again] = remaining_errors(tested.stories, readings)
    found.policy_errors = policy_errors(plain.stories.values())
    found.policy_errors |= {retested(name): errors for name, errors in policy_errors(tested.stories.values()).items()}
    return found


def _count(found: Evaluated, name: str, run: InMemoryRun, readings: Mapping[Key, Reading]) -> None:
    """Count what a classifier reads in a run."""
    found.errors[name] = count_errors(run.stories, readings)
    found.probabilities[name] = probabilities(run.stories, readings)


def _held_out(plain: InMemoryRun, found: Evaluated, code: Mapping[Key, Reading]) -> dict[Key, Reading]:
    """Read the recipients of each vendor with weights that were fitted without it."""
    held_out: dict[Key, Reading] = {}
    vendor_of = {
        key: plain.personas[story.truth.gateway] for key, story in plain.stories.items() if story.truth is not None
    }
    read: dict[Weights, Mapping[Key, Reading]] = {}
    for persona in sorted(set(vendor_of.values())):
        weights = weights_without(persona)
        if weights not in read:
            read[weights] = read_all(HELD_OUT, Context(weights), plain.stories)
        readings = read[weights]
        own = [key for key in plain.stories if vendor_of.get(key) == persona]
        held_out.update((key, readings[key]) for key in own)
        living = [key for key in own if plain.stories[key].mailbox.alive]
        found.by_persona[persona] = (
            sum(code[key].suppress for key in living), sum(held_out[key].suppress for key in living),
        )  # fmt: skip
    return held_out
