"""What is fuzzed: a function of octets, and the exceptions that it may raise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from probe.input_error import InputError

CORPORA: Final = Path(__file__).parent / "corpora"
NAMED: Final = Path(__file__).parent / "named"
"""The folder of the files that scenarios name."""


@dataclass(frozen=True)
class Target:
    """A function that reads hostile octets. Any exception that is not ``allowed`` is a fault.

    If an input consists of lines that are tried one by one, ``run`` returns how many it tried.

    ``corpus`` is a folder of small inputs below ``corpora/``, which several targets may share. ``words`` are put into
    inputs. ``batch`` is the number of inputs of one case: some seconds' worth. ``longest`` is in octets.
    """

    name: str
    run: Callable[[bytes], int | None]
    corpus: str = ""
    allowed: tuple[type[Exception], ...] = (InputError,)
    words: tuple[bytes, ...] = ()
    batch: int = 2_000
    longest: int = 32 * 1024

    def inputs(self) -> list[bytes]:
        """Return the inputs of the corpus, in the order of their names."""
        return [file.read_bytes() for file in sorted((CORPORA / (self.corpus or self.name)).iterdir())]
