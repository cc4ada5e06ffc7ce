"""What a classifier got wrong when somebody last looked: a file for git, against which only a worsening fails."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from probe.classify.reading import Advice
from probe.input_error import InputError
from probe.judge.story import Key, Story

_HEAD: Final = """\
# What classifiers got wrong, by scenario. Written by: fivefifty baseline update
"""
KINDS: Final = ("wrongly_suppressed", "missed_dead")


class Mistakes(NamedTuple):
    """The recipients a classifier is wrong about, sorted, each as ``campaign/recipient``."""

    wrongly_suppressed: tuple[str, ...]
    missed_dead: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """The mistakes of one scenario's classifiers, and the seed that they were made with."""

    seed: int
    classifiers: Mapping[str, Mistakes]


Baseline = dict[str, Known]
"""By the scenario's name."""


class Worsening(NamedTuple):
    """A kind of mistake a classifier makes more often than the baseline says; ``new`` are about whom."""

    classifier: str
    kind: str
    before: int
    after: int
    new: tuple[str, ...]


def mistakes(told: Mapping[Key, Story], advice: Mapping[Key, Advice]) -> Mistakes:
    """List whom a classifier is wrong about."""
    wrong: list[str] = []
    missed: list[str] = []
    for key, story in told.items():
        suppress = advice.get(key) is Advice.SUPPRESS
        if suppress is story.mailbox.alive:
            (wrong if suppress else missed).append("/".join(key))
    return Mistakes(tuple(sorted(wrong)), tuple(sorted(missed)))


def worsenings(known: Known, now: Mapping[str, Mistakes]) -> Iterator[Worsening]:
    """Yield what got worse; a classifier that the baseline does not have cannot."""
    for name, current in now.items():
        if name not in known.classifiers:
            continue
        for kind in KINDS:
            before, after = getattr(known.classifiers[name], kind), getattr(current, kind)
            if len(after) > len(before):
                yield Worsening(name, kind, len(before), len(after), tuple(sorted(set(after) - set(before))))


def parse(text: str, place: str) -> Baseline:
    """Read a baseline file; raises InputError."""
    try:
        raw = tomllib.loads(text)
        return {name: _known(each) for name, each in raw.items()}
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(
            place, f"is not valid TOML ({error})", "write it anew with fivefifty baseline update"
        ) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"is no baseline ({type(error).__name__}: {error})"
        raise InputError(place, problem, "write it anew with fivefifty baseline update") from None


def _known(raw: Any) -> Known:
    classifiers = {
        name: Mistakes(*(tuple(sorted(str(who) for who in each[kind])) for kind in KINDS))
        for name, each in raw.get("classifiers", {}).items()
    }
    return Known(int(raw["seed"]), classifiers)


def written(baseline: Baseline) -> str:
    """Return a baseline file: one recipient a line, in an order that does not change from one time to the next."""
    lines = [_HEAD]
    for scenario, known in sorted(baseline.items()):
        lines += [f"[{_quoted(scenario)}]", f"seed = {known.seed}", ""]
        for name, each in sorted(known.classifiers.items()):
            lines.append(f"[{_quoted(scenario)}.classifiers.{_quoted(name)}]")
            for kind in KINDS:
                who = getattr(each, kind)
                lines += [f"{kind} = [  # {len(who)}", *(f"  {_quoted(one)}," for one in who), "]"]
            lines.append("")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Return a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in escaped) + '"'
