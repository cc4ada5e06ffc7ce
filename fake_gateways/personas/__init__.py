"""The files of the personas that come with the package, and what a list of them shows.

A persona is read and checked in ``fake_gateways/persona.py``, which loads every policy.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple


class Outline(NamedTuple):
    """A vendor's name, and how its gateways behave."""

    title: str
    habit: str


@cache
def names() -> tuple[str, ...]:
    """Return the names of the personas that come with the package."""
    folder = resources.files("fake_gateways.personas")
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


def text_of(name: str) -> str:
    """Return the TOML of a persona that comes with the package; raises KeyError for an unknown name."""
    if name not in names():
        raise KeyError(name)
    return (resources.files("fake_gateways.personas") / f"{name}.toml").read_text("utf-8")


def outline(name: str) -> Outline:
    """Return the outline of a persona that comes with the package; raises KeyError for an unknown name."""
    raw = tomllib.loads(text_of(name))
    return Outline(raw["title"], raw["habit"])
