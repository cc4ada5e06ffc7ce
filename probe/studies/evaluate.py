"""Holds every classifier against scenarios: living suppressed, gone missed, calibration, and each vendor held out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from fake_gateways.truth import Cause, Fault
from probe.classify.context import Context
from probe.classify.reading import Reading
from probe.classify.registry import BASELINES, choose
from probe.input_error import InputError
from probe.judge.interval import wilson
from probe.judge.run_classifier import read_all
from probe.judge.story import Key, Story
from probe.lab import processes as workforce
from probe.scenario.load import Loaded, load
from probe.scenario.sending import Retest
from probe.studies.fit.held_out import weights_without
from probe.studies.in_memory_run import Rehearsed, rehearse, with_retest

FIRST: Final = "context"
TESTED: Final = "context, retested"
HELD_OUT: Final = "context, vendor held out"
BINS: Final = 10
PLAIN_MESSAGE: Final = Path(__file__).parent / "messages" / "plain.eml"


@dataclass
class Errors:
    """What a classifier got wrong. ``missed_though_told`` are those of the missed whose refusal was about them."""

    living: int = 0
    suppressed: int = 0
    gone: int = 0
    missed: int = 0
    missed_though_told: int = 0
    worse_than_code: int = 0

    def add(self, other: Errors) -> None:
        """Add another scenario's."""
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass
class Evaluated:
    """What came of one scenario. ``bins`` count cases, the sum of probabilities, and the living, by tenth."""

    name: str
    lies: bool
    errors: dict[str, Errors] = field(default_factory=dict)
    by_persona: dict[str, tuple[int, int]] = field(default_factory=dict)
    """For each vendor: the living whom ``code`` suppresses, and whom the weights fitted without it do."""
    bins: dict[str, list[list[float]]] = field(default_factory=dict)
    brier: dict[str, tuple[float, int]] = field(default_factory=dict)
    further_attempts: int = 0
    left: dict[str, tuple[int, int]] = field(default_factory=dict)
    """For each true cause of a last refusal: the living still suppressed after a further test, the gone still kept."""


def load_scenarios(paths: Iterable[Path]) -> list[Loaded]:
    """Read scenario files, and all files of folders; a file that is named twice is read once.

    Raises InputError for a folder without scenarios, for two scenarios of one name, and for one that cannot run in
    memory.
    """
    files = [file for path in paths for file in _files(path)]
    loaded = [load(file) for file in {file.resolve(): file for file in files}.values()]
    path_of: dict[str, str] = {}
    for each in loaded:
        name = each.scenario.name
        other = path_of.setdefault(name, each.path)
        if other != each.path:
            raise InputError(each.path, f"is called {name}, and so is {other}", "give one of them another name")
    for each in loaded:
        if each.scenario.is_foreign or each.scenario.scanners_asked:
            raise InputError(each.path, "needs servers of yours, and evaluate runs in memory", "leave it out")
    return loaded


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(path.glob("*.toml"))
    if not files:
        raise InputError(path, "holds no scenario (*.toml)", "name a folder of scenarios")
    return files


def classifiers_with(more: Iterable[str]) -> list[str]:
    """Return the baselines, ``context`` and ``more``; raises InputError for one that cannot be used."""
    names = [*BASELINES, FIRST, *more]
    choose(names)
    return names


def evaluate(
    scenarios: Iterable[Loaded], names: Sequence[str], workers: int, tell: Callable[[int], object]
) -> list[Evaluated]:
    """Run every scenario twice, without further tests and with them, and let classifiers read both.

    ``tell`` is called with 1 after each scenario.
    """
    retest = Retest(message=str(PLAIN_MESSAGE))
    jobs = [(loaded, tuple(names), retest) for loaded in scenarios]
    found = []
    for each in workforce.in_order(_one, jobs, workers):
        found.append(each)
        tell(1)
    return found


def _one(job: tuple[Loaded, Sequence[str], Retest]) -> Evaluated:
    loaded, names, retest = job
    plain = rehearse(loaded)
    tested = rehearse(with_retest(loaded, retest))
    truths = [story.truth for story in plain.stories.values() if story.truth is not None]
    found = Evaluated(plain.name, any(not truth.honest for truth in truths))
    readings = {}
    for chosen in choose(names):
        with chosen.open() as classifier:
            readings[chosen.name] = read_all(chosen.name, classifier, plain.stories)
    code = readings["code"]
    for name, said in readings.items():
        found.errors[name] = errors(plain.stories, said, code)
    held_out = _held_out(plain, found, code)
    found.errors[HELD_OUT] = errors(plain.stories, held_out, code)
    twice = read_all(TESTED, Context(), tested.stories)
    found.errors[TESTED] = errors(tested.stories, twice, code)
    found.left = left(tested.stories, twice)
    found.further_attempts = tested.attempts - plain.attempts
    for name, told, said in ((FIRST, plain.stories, readings[FIRST]), (TESTED, tested.stories, twice)):
        found.bins[name], found.brier[name] = calibration(told, said)
    return found


def _held_out(plain: Rehearsed, found: Evaluated, code: Mapping[Key, Reading]) -> dict[Key, Reading]:
    """Read the recipients of each vendor by weights that were fitted without it."""
    said: dict[Key, Reading] = {}
    vendor_of = {
        key: plain.personas[story.truth.gateway] for key, story in plain.stories.items() if story.truth is not None
    }
    for persona in sorted(set(vendor_of.values())):
        readings = read_all(HELD_OUT, Context(weights_without(persona)), plain.stories)
        own = [key for key in plain.stories if vendor_of.get(key) == persona]
        said.update((key, readings[key]) for key in own)
        living = [key for key in own if plain.stories[key].mailbox.alive]
        found.by_persona[persona] = (
            sum(code[key].suppress for key in living), sum(said[key].suppress for key in living),
        )  # fmt: skip
    return said


def errors(told: Mapping[Key, Story], said: Mapping[Key, Reading], code: Mapping[Key, Reading]) -> Errors:
    """Count a classifier's errors; nobody said about means kept."""
    found = Errors()
    for key, story in told.items():
        suppressed = key in said and said[key].suppress
        if story.mailbox.alive:
            found.living += 1
            found.suppressed += suppressed
            found.worse_than_code += suppressed and not code[key].suppress
        else:
            found.gone += 1
            found.missed += not suppressed
            found.missed_though_told += not suppressed and _told(story)
            found.worse_than_code += not suppressed and code[key].suppress
    return found


def left(told: Mapping[Key, Story], said: Mapping[Key, Reading]) -> dict[str, tuple[int, int]]:
    """Count what a classifier still gets wrong by the true cause of the last refusal; "none" where nobody refused."""
    found: dict[str, tuple[int, int]] = {}
    for key, story in told.items():
        if said[key].suppress == story.mailbox.alive:
            cause = (None if story.truth is None else story.truth.cause) or "none"
            suppressed, missed = found.get(cause, (0, 0))
            found[cause] = (suppressed + story.mailbox.alive, missed + (not story.mailbox.alive))
    return dict(sorted(found.items()))


def _told(story: Story) -> bool:
    """Whether the last decision was about the recipient, so that somebody could have known."""
    cause = None if story.truth is None else story.truth.cause
    return story.evidence.bounced and cause is not None and Cause(cause).fault is Fault.RECIPIENT


def calibration(told: Mapping[Key, Story], said: Mapping[Key, Reading]) -> tuple[list[list[float]], tuple[float, int]]:
    """Return the bins of a reliability curve, and the sum of squared errors with the number of cases."""
    bins = [[0.0, 0.0, 0.0] for _ in range(BINS)]
    squared = 0.0
    for key, story in told.items():
        alive = said[key].alive
        if alive is None:
            continue
        tenth = bins[min(BINS - 1, int(alive * BINS))]
        tenth[0] += 1
        tenth[1] += alive
        tenth[2] += story.mailbox.alive
        squared += (alive - story.mailbox.alive) ** 2
    return bins, (squared, int(sum(each[0] for each in bins)))


def summary(evaluated: Sequence[Evaluated]) -> dict[str, Any]:
    """Return all figures, for people and programs alike (schema 1)."""
    lying = [each for each in evaluated if each.lies]
    honest = [each for each in evaluated if not each.lies]
    return {
        "schema": 1,
        "scenarios": {each.name: _figures_of(each) for each in evaluated},
        "with_lies": _added(lying),
        "without_lies": _added(honest),
        "held_out": _by_persona(lying),
        "calibration": {name: _calibrated(evaluated, name) for name in (FIRST, TESTED)},
    }


def _figures_of(each: Evaluated) -> dict[str, Any]:
    return {
        "lies": each.lies,
        "further_attempts": each.further_attempts,
        "left": {cause: {"suppressed": wrong[0], "missed": wrong[1]} for cause, wrong in each.left.items()},
        "classifiers": {name: _shares(found) for name, found in each.errors.items()},
    }


def _added(evaluated: Sequence[Evaluated]) -> dict[str, Any]:
    names = dict.fromkeys(name for each in evaluated for name in each.errors)
    found = {name: Errors() for name in names}
    for each in evaluated:
        for name, wrong in each.errors.items():
            found[name].add(wrong)
    by_code = found["code"].suppressed if found else 0
    return {
        name: {**_shares(wrong), "fewer_than_code": round(1 - wrong.suppressed / by_code, 4) if by_code else None}
        for name, wrong in found.items()
    }


def _shares(found: Errors) -> dict[str, Any]:
    return {
        **asdict(found),
        "suppressed_interval": [round(each, 6) for each in wilson(found.suppressed, found.living)],
        "missed_interval": [round(each, 6) for each in wilson(found.missed, found.gone)],
    }


def _by_persona(evaluated: Sequence[Evaluated]) -> dict[str, Any]:
    found: dict[str, list[int]] = {}
    for each in evaluated:
        for persona, (by_code, by_context) in each.by_persona.items():
            counts = found.setdefault(persona, [0, 0])
            counts[0] += by_code
            counts[1] += by_context
    return {
        persona: {"code": code, "context": own, "fewer": round(1 - own / code, 4) if code else None}
        for persona, (code, own) in sorted(found.items())
    }


def _calibrated(evaluated: Sequence[Evaluated], name: str) -> dict[str, Any]:
    bins = [[sum(each.bins[name][tenth][column] for each in evaluated) for column in range(3)] for tenth in range(BINS)]
    cases = sum(each.brier[name][1] for each in evaluated)
    return {
        "brier": round(sum(each.brier[name][0] for each in evaluated) / cases, 6) if cases else None,
        "bins": [
            {"cases": int(count), "said": round(said / count, 4), "alive": round(alive / count, 4)}
            for count, said, alive in bins
            if count
        ],
    }
