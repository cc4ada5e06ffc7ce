"""What a law is: a name, and a function that says what is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from simulation.laws.left import Left


class Law(NamedTuple):
    """A law: its name, and a function that yields a sentence for what breaks it. Its module says what it is."""

    name: str
    broken: Callable[[Left], Iterator[str]]


class Broken(NamedTuple):
    """A law that a world breaks, and how."""

    law: str
    what: str
