"""Translates the bounce classes of other systems to our causes and back, by ``taxonomy.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Final

from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause

NONE = "none"
"""In place of a cause: no bounce, or cause not known."""
_MOST_PARTS: Final = 8
"""Parts of a name that a log reader may have joined."""


class UnknownNameError(InvalidValueError):
    """An unknown name or an unknown system; the remedy lists the known ones."""


@dataclass(frozen=True)
class System:
    """The classes of one system. ``causes`` has the cause of each class, ``names`` the nearest class of each cause."""

    name: str
    causes: Mapping[str, Cause | None]
    names: Mapping[Cause, str]
    any_case: bool = False
    """Whether ``InvalidRecipient`` and ``invalidrecipient`` are the same class."""

    def cause_of(self, name: str) -> Cause | None:
        """Return the cause of a class, None for no bounce or an unknown cause; raises UnknownNameError.

        Log readers join several parts with a slash, such as ``Permanent/General``. The whole name is looked up first,
        then the name without its first parts, then without its last parts.
        """
        for candidate in map(self._folded, _parts(name)):
            if candidate in self._causes:
                return self._causes[candidate]
        raise UnknownNameError(f"{name!r} is not a class of {self.name}", f"its classes are {', '.join(self.causes)}")

    @cached_property
    def _causes(self) -> Mapping[str, Cause | None]:
        return {self._folded(name): cause for name, cause in self.causes.items()}

    def _folded(self, name: str) -> str:
        return name.lower() if self.any_case else name


def systems() -> tuple[str, ...]:
    """Return the names of the known systems."""
    return tuple(_systems())


def system(name: str) -> System:
    """Return a system by its name; raises UnknownNameError."""
    found = _systems().get(name.lower())
    if found is None:
        raise UnknownNameError(f"{name!r} is not a known system", f"known are {', '.join(systems())}")
    return found


def cause_of(system_name: str, name: str) -> Cause | None:
    """Return the cause of a system's class, None for no bounce or an unknown cause; raises UnknownNameError."""
    return system(system_name).cause_of(name)


def name_of(system_name: str, cause: Cause) -> str:
    """Return the class of a system that is nearest to a cause; raises UnknownNameError."""
    return system(system_name).names[cause]


def cause_named(text: str) -> Cause | None:
    """Return the cause with a name, None for ``none``; raises UnknownNameError."""
    if text == NONE:
        return None
    try:
        return Cause(text)
    except ValueError:
        raise UnknownNameError(f"{text!r} is not a cause", f"use {NONE}, {', '.join(Cause)}") from None


def _parts(name: str) -> Iterator[str]:
    parts = name.split("/", _MOST_PARTS)
    yield from ("/".join(parts[start:]) for start in range(len(parts)))
    yield from ("/".join(parts[:end]) for end in range(len(parts) - 1, 0, -1))


@cache
def _systems() -> dict[str, System]:
    """Read the table and complete it, so that every cause has a name in every system."""
    raw = tomllib.loads((resources.files("probe.classify") / "taxonomy.toml").read_text("utf-8"))
    found: dict[str, System] = {}
    for key, table in raw.items():
        causes = {name: cause_named(cause) for name, cause in table["cause"].items()}
        names = {Cause(cause): name for cause, name in table["nearest"].items()}
        names |= {cause: name for name, cause in reversed(causes.items()) if cause is not None}
        for name in (key, *table.get("also", ())):
            found[name] = System(key, causes, names, table.get("any_case", False))
    return found
