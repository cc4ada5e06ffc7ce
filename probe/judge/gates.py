"""Gates: bounds on the scorecard's figures, written as tables that mirror scorecard.json."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, Final

from probe.input_error import InputError, one_of

_BOUNDS: Final = {"min", "max", "equals"}
_SIGNS: Final = {"<=": "max", ">=": "min", "=": "equals", "==": "equals"}
_LINE: Final = re.compile(r"([A-Za-z0-9_.-]+)\s*(<=|>=|==?)\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)(\s*%)?")
_SHARES: Final = ("_rate", ".precision", ".recall")
"""How the names of the figures end that are written in per cent."""


def figure_text(name: str, value: float) -> str:
    """Return a figure as people read it: a share in per cent, any other as a number."""
    return f"{100 * value:.4g}%" if f".{name}".endswith(_SHARES) else f"{value:g}"


@dataclass(frozen=True)
class Bound:
    """The limits of a figure; ``path`` are the keys that lead to it in the scorecard."""

    path: tuple[str, ...]
    least: float | None = None
    most: float | None = None

    @property
    def name(self) -> str:
        """The figure's name."""
        return ".".join(self.path)

    def __str__(self) -> str:
        if self.least == self.most:
            return f"= {figure_text(self.name, self.least or 0)}"
        parts = []
        if self.least is not None:
            parts.append(f">= {figure_text(self.name, self.least)}")
        if self.most is not None:
            parts.append(f"<= {figure_text(self.name, self.most)}")
        return " and ".join(parts)


@dataclass(frozen=True)
class Gate:
    """A bound, and the figure of the run."""

    name: str
    passed: bool
    value: float
    bound: str


def bounds(expect: Mapping[str, Any], empty: Mapping[str, Any], place: str) -> list[Bound]:
    """Read ``[expect]`` against a scorecard of zeros; raises InputError for a figure that does not exist."""
    return list(_walk(expect, empty, (), place))


def classifiers_in(expect: Mapping[str, Any]) -> list[str]:
    """Return the classifiers that gates are about."""
    named = expect.get("classifiers")
    return list(named) if isinstance(named, Mapping) else []


def _walk(expect: Mapping[str, Any], figures: Any, path: tuple[str, ...], place: str) -> Iterator[Bound]:
    for key, value in expect.items():
        here = (*path, key)
        where = f"{place}.{'.'.join(here)}"
        if not isinstance(figures, Mapping) or key not in figures:
            remedy = one_of(key, figures) if isinstance(figures, Mapping) else "bound the figure above it"
            raise InputError(where, "is not a figure of the scorecard", remedy)
        if not isinstance(value, Mapping):
            raise InputError(where, f"is {value!r}, which is not a bound", "write for example { max = 10 }")
        if not value:
            raise InputError(where, "has no bound", "write for example { max = 10 }")
        if not set(value) <= _BOUNDS:
            yield from _walk(value, figures[key], here, place)
            continue
        numbers = {
            name: number
            for name, number in value.items()
            if isinstance(number, int | float) and not isinstance(number, bool) and isfinite(number)
        }
        if not isinstance(figures[key], int | float) or len(numbers) < len(value):
            raise InputError(where, "cannot have a bound", "bound a figure that is a number, by numbers")
        if numbers.get("min", -inf) > numbers.get("max", inf):
            raise InputError(where, "has a min above its max", "correct one of them")
        exact = numbers.get("equals")
        if exact is not None and len(numbers) > 1:
            raise InputError(where, "has equals and another bound", "give equals alone, or min and max")
        yield Bound(here, numbers.get("min", exact), numbers.get("max", exact))


def from_text(text: str) -> dict[str, Any]:
    """Return the tables of a bound written on one line, such as ``hard_bounce_rate <= 2 %``; raises InputError."""
    found = _LINE.fullmatch(text.strip())
    if found is None:
        raise InputError(
            f"--gate {text}", "is not a bound", "write for example 'classifiers.code.wrongly_suppressed <= 3'"
        )
    name, sign, number, percent = found.groups()
    nested: dict[str, Any] = {_SIGNS[sign]: float(number) / (100 if percent else 1)}
    for key in reversed(name.split(".")):
        nested = {key: nested}
    return nested


def judge(bound: Bound, figures: Mapping[str, Any]) -> Gate:
    """Compare a figure with its bound."""
    value: Any = figures
    for key in bound.path:
        value = value[key]
    low = bound.least is None or value >= bound.least
    high = bound.most is None or value <= bound.most
    return Gate(bound.name, low and high, value, str(bound))
