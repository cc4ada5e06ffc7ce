"""Runs scenarios in memory, in several processes, and lets every classifier read them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from probe.classify.context import Context
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
    CONTEXT,
    HELD_OUT,
    RETESTED,
    Evaluated,
    count_errors,
    probabilities,
    remaining_errors,
)
from probe.studies.fit.held_out import weights_without
from probe.studies.in_memory_run import MESSAGES, InMemoryRun, run_in_memory, with_retest
from probe.user_files import is_file, is_folder


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


def classifiers_with(more: Iterable[str]) -> list[str]:
    """Return the baselines, ``context`` and ``more``; raises InputError for one that cannot be used."""
    names = [*BASELINES, CONTEXT, *more]
    choose(names)
    return names


def evaluate(
    scenarios: Iterable[Loaded], names: Sequence[str], workers: int, tell: Callable[[int], object]
) -> list[Evaluated]:
    """Run every scenario twice, without further tests and with them, and let classifiers read both.

    ``tell`` is called with 1 after each scenario.
    """
    retest = Retest(message=str(MESSAGES / "plain.eml"))
    jobs = [(loaded, tuple(names), retest) for loaded in scenarios]
    found = []
    for each in processes.in_order(_one, jobs, workers):
        found.append(each)
        tell(1)
    return found


def _one(job: tuple[Loaded, Sequence[str], Retest]) -> Evaluated:
    loaded, names, retest = job
    plain = run_in_memory(loaded)
    tested = run_in_memory(with_retest(loaded, retest))
    truths = [story.truth for story in plain.stories.values() if story.truth is not None]
    found = Evaluated(plain.name, any(not truth.honest for truth in truths))
    readings = {}
    for chosen in choose(names):
        with chosen.open() as classifier:
            readings[chosen.name] = read_all(chosen.name, classifier, plain.stories)
    code = readings["code"]
    for name, each in readings.items():
        found.errors[name] = count_errors(plain.stories, each, code)
    held_out = _held_out(plain, found, code)
    found.errors[HELD_OUT] = count_errors(plain.stories, held_out, code)
    retested = read_all(RETESTED, Context(), tested.stories)
    found.errors[RETESTED] = count_errors(tested.stories, retested, code)
    found.remaining = remaining_errors(tested.stories, retested)
    found.further_attempts = tested.attempts - plain.attempts
    found.probabilities = {
        CONTEXT: probabilities(plain.stories, readings[CONTEXT]),
        RETESTED: probabilities(tested.stories, retested),
    }
    return found


def _held_out(plain: InMemoryRun, found: Evaluated, code: Mapping[Key, Reading]) -> dict[Key, Reading]:
    """Read the recipients of each vendor with weights that were fitted without it."""
    held_out: dict[Key, Reading] = {}
    vendor_of = {
        key: plain.personas[story.truth.gateway] for key, story in plain.stories.items() if story.truth is not None
    }
    for persona in sorted(set(vendor_of.values())):
        readings = read_all(HELD_OUT, Context(weights_without(persona)), plain.stories)
        own = [key for key in plain.stories if vendor_of.get(key) == persona]
        held_out.update((key, readings[key]) for key in own)
        living = [key for key in own if plain.stories[key].mailbox.alive]
        found.by_persona[persona] = (
            sum(code[key].suppress for key in living), sum(held_out[key].suppress for key in living),
        )  # fmt: skip
    return held_out
