"""A world: a scenario that was drawn by a seed, with the files it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simulation.worlds.toml_text import toml_text

FILE: Final = "world.toml"


@dataclass(frozen=True)
class World:
    """A scenario as a document of TOML, and the ``files`` it names, by name.

    ``features`` are those it has. Drop parts of ``scenario`` (dataclasses.replace) to make a smaller one.
    """

    seed: str
    features: frozenset[str]
    scenario: dict[str, Any]
    files: Mapping[str, str | bytes]

    def write(self, folder: Path) -> Path:
        """Write it as a scenario file, with the files that it still names; return the file that ``run`` takes."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in self.named_files():
            content = self.files[name]
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        path = folder / FILE
        path.write_text(toml_text(self.scenario), "utf-8")
        return path

    def named_files(self) -> list[str]:
        """Return the names of the files that the scenario names, in order. ``sieve:FILE`` names one too."""
        named = {word for text in _texts(self.scenario) for word in (text, text.rpartition(":")[2])}
        return [name for name in self.files if name in named]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)
