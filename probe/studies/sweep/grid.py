"""The grid of a sweep: what is varied in a scenario, over which values, and the scenario at each point."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from probe.input_error import InputError

MOST_RUNS: Final = 10_000
SEED: Final = "seed"
_EXAMPLE: Final = "write for example gateway.northwind.lies=0:1:0.1 or seed=1..20"
_PATH: Final = re.compile(r"[A-Za-z0-9_-]+(\[\d+\])?(\.[A-Za-z0-9_-]+(\[\d+\])?)*")
_COUNT: Final = re.compile(r"(-?\d{1,15})\.\.(-?\d{1,15})")
_NUMBER: Final = re.compile(r"(-?\d{1,15}(?:\.\d{1,9})?)(\D.*)?", re.DOTALL)


class Value(NamedTuple):
    """A value as text, and as the scenario file would hold it."""

    text: str
    value: Any


Point = tuple[Value, ...]
"""One value for each axis."""


@dataclass(frozen=True)
class Axis:
    """What is varied: its path in the scenario file, and its values in order."""

    path: str
    values: tuple[Value, ...]

    @property
    def steps(self) -> list[str]:
        """The steps of the path: keys, names, and positions in lists, from 0."""
        return re.findall(r"[A-Za-z0-9_-]+", self.path)

    @property
    def is_numeric(self) -> bool:
        """Whether all values are numbers."""
        return all(isinstance(each.value, int | float) and not isinstance(each.value, bool) for each in self.values)


def parse(varied: Sequence[str]) -> tuple[Axis, ...]:
    """Read ``--vary`` options, each written ``path=values``; raises InputError.

    Values are separated by commas. ``0:1:0.1`` means eleven numbers, ``5m:30m:5m`` six durations, ``1..20`` twenty
    whole numbers; double quotes mark text.
    """
    axes = tuple(map(_axis, varied))
    doubled = next((axis for axis in axes if sum(each.path == axis.path for each in axes) > 1), None)
    if doubled is not None:
        raise InputError(f"--vary {doubled.path}", "is varied twice", "give all its values at once, with commas")
    runs = 1
    for axis in axes:
        runs *= len(axis.values)
    if runs > MOST_RUNS:
        raise InputError("--vary", f"makes {runs:,} runs, more than {MOST_RUNS:,}", "take wider steps or fewer seeds")
    return axes


def _axis(text: str) -> Axis:
    path, equals, given = text.partition("=")
    place = f"--vary {text:.80}"
    if not (equals and given.strip()):
        raise InputError(place, "names no values", _EXAMPLE)
    if not _PATH.fullmatch(path):
        raise InputError(place, f"{path!r} is not a path in a scenario file", _EXAMPLE)
    if path.partition(".")[0] == "expect":
        raise InputError(place, "varies a gate, and a sweep has no gates", "vary something else, and give a --bound")
    values = tuple(value for part in given.split(",") for value in _values(part.strip(), place))
    if len(set(values)) < len(values):
        raise InputError(place, "has a value twice", "remove one of the two")
    return Axis(path, values)


def _values(part: str, place: str) -> Iterator[Value]:
    if len(part) > 1 and part[0] == part[-1] == '"':
        yield Value(part[1:-1], part[1:-1])
        return
    counted = _COUNT.fullmatch(part)
    if counted:
        yield from _stepped(Decimal(counted[1]), Decimal(counted[2]), Decimal(1), "", place)
        return
    ends = [each for each in map(_NUMBER.fullmatch, part.split(":")) if each]
    units = [each[2] or "" for each in ends]
    if part.count(":") == 2 and len(ends) == 3 and units[0] == units[1] and units[2] in {"", units[0]}:
        first, last, step = (Decimal(each[1]) for each in ends)
        yield from _stepped(first, last, step, units[0], place)
    else:
        yield _scalar(part)


def _stepped(first: Decimal, last: Decimal, step: Decimal, unit: str, place: str) -> Iterator[Value]:
    if last < first or step <= 0:
        problem = f"goes from {first} to {last} by {step}, which has no values"
        raise InputError(place, problem, "start with the least and use a step above 0, or put text in double quotes")
    count = int((last - first) / step) + 1
    if count > MOST_RUNS:
        raise InputError(place, f"has {count:,} values, more than {MOST_RUNS:,}", "take wider steps")
    for number in range(count):
        at = first + number * step
        yield Value(f"{at}{unit}", f"{at}{unit}") if unit else _scalar(str(at))


def _scalar(text: str) -> Value:
    if re.fullmatch(r"-?\d{1,15}", text):
        return Value(text, int(text))
    if re.fullmatch(r"-?\d{1,15}\.\d{1,20}", text):
        return Value(text, float(text))
    return Value(text, {"true": True, "false": False}.get(text, text))


def short_names(axes: Sequence[Axis]) -> list[str]:
    """Return the shortest end of each path that tells it from the others."""

    def end(axis: Axis, steps: int) -> str:
        return ".".join(axis.steps[-steps:])

    names = []
    for axis in axes:
        steps = 1
        while end(axis, steps) != axis.path and sum(end(each, steps) == end(axis, steps) for each in axes) > 1:
            steps += 1
        names.append(end(axis, steps))
    return names


def points(axes: Sequence[Axis]) -> list[Point]:
    """Return every point of the grid; the last axis changes fastest."""
    return list(itertools.product(*(axis.values for axis in axes)))


def point_text(axes: Sequence[Axis], point: Point) -> str:
    """Return a point as text, such as ``seed=1, sender.rate=5/1s``."""
    return ", ".join(f"{axis.path}={value.text}" for axis, value in zip(axes, point, strict=True))


def with_values(raw: dict[str, Any], axes: Sequence[Axis], point: Point) -> dict[str, Any]:
    """Return a scenario, as parsed from TOML, with the values of a point; raises InputError for a path that fails.

    Missing tables are added. The scenario's models check later whether they are known.
    """
    found = copy.deepcopy(raw)
    for axis, value in zip(axes, point, strict=True):
        here: Any = found
        *way, last = axis.steps
        for step in way:
            here = here.setdefault(step, {}) if isinstance(here, dict) else _in_list(here, step, axis)[0]
        if isinstance(here, dict):
            here[last] = value.value
        else:
            _, position = _in_list(here, last, axis)
            here[position] = value.value
    return found


def _in_list(here: Any, step: str, axis: Axis) -> tuple[Any, int]:
    """Return an entry of a list and its position, by position, name or (of a policy) type; raises InputError."""
    if not isinstance(here, list):
        problem = f"{step} would be below {here!r:.60}, which is not a table"
        raise InputError(f"--vary {axis.path}", problem, "correct the path, or write a table in the scenario")
    for position, entry in enumerate(here):
        names = [str(position)]
        if isinstance(entry, dict):
            names += [entry.get("name", ""), entry.get("type", "")]
        if step in names:
            return entry, position
    known = [str(each.get("name") or each.get("type") or n) for n, each in enumerate(here) if isinstance(each, dict)]
    remedy = f"use one of: {', '.join(known)}; or a position, from 0" if known else "use a position, from 0"
    raise InputError(f"--vary {axis.path}", f"there is no {step}", remedy)
