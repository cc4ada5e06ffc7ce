"""The scenarios that come with fivefifty: found by name, listed, and copied with the files that they need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple

from probe.input_error import InputError
from probe.scenario.load import read
from probe.user_files import exists, is_file, write_here, writing

_ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = next(filter(Path.is_dir, (_ROOT / "fivefifty" / "scenarios", _ROOT / "scenarios")), _ROOT / "scenarios")
"""The folder of the shipped scenarios: inside a package where a wheel is installed, at the top of a checkout."""

_SCENARIO_TABLE: Final = re.compile(
    rb"^\s*(\[\[\s*(gateway|campaign)\s*\]\]|(gateway|campaign)\s*=\s*\[)", re.MULTILINE
)
_FEWEST_LETTERS: Final = 3
"""How long the beginning of a name must be to stand for it."""
_END_OF_FILE_NAME: Final = re.compile(r"[,:\s]")


class ShippedScenario(NamedTuple):
    """A scenario that comes with fivefifty: its name, its title in one line, what it shows, and its file."""

    name: str
    title: str
    story: str
    file: Path


def looks_like_a_scenario(path: Path) -> bool:
    """Whether a TOML file is meant to be a scenario, valid or not: it has a gateway or a campaign table.

    So is one in UTF-16, for reading it says what is wrong.
    """
    try:
        return _SCENARIO_TABLE.search(path.read_bytes().replace(b"\0", b"")) is not None
    except OSError:
        return False


def shipped_scenarios() -> list[ShippedScenario]:
    """Return every scenario that comes with fivefifty, those in folders last."""
    found = []
    for name, file in _files().items():
        raw = read(file)
        found.append(ShippedScenario(name, raw["title"], " ".join(raw["story"].split()), file))
    return found


def located(path: Path, folder: Path = Path()) -> Path:
    """Return the file of a scenario, which the user names by its path, or by its name if it comes with fivefifty.

    A path is relative to ``folder``, and a file that it finds comes first. What is neither is returned as it is if it
    looks like a path, since reading it says best what is wrong.

    Raises:
        InputError: There is no such file, and a shipped scenario has a similar name, or the path is only a name.
    """
    file = folder / path
    if is_file(file):
        return file
    shipped = _shipped(path)
    if shipped is not None:
        return shipped
    if exists(file):
        return file
    similar = _similar(path)
    if not similar and (path.suffix or len(path.parts) > 1):
        return file
    problem = "is not a file, and no scenario of this name comes with fivefifty"
    raise InputError(path, problem, _remedy(similar))


def copy(name: str, to: Path) -> list[Path]:
    """Copy a shipped scenario into a folder, with the messages, lists and rules that it names. Return the files.

    They keep their places relative to each other, so that the scenario runs from there. Files that exist already and
    are the same stay.

    Raises:
        InputError: No shipped scenario has this name, another file is in the way, or one cannot be written.
    """
    file = _shipped(Path(name))
    if file is None:
        problem = "is not the name of a scenario that comes with fivefifty"
        raise InputError(name, problem, _remedy(_similar(Path(name))))
    octets = {to / each.relative_to(FOLDER): each.read_bytes() for each in (file, *_needed(file))}
    with writing(to, "choose another folder"):
        for path, content in octets.items():
            if exists(path) and (not is_file(path) or path.read_bytes() != content):
                raise InputError(path, "exists already", "move it away, or choose another folder with --to")
        for path, content in octets.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_here(path, content)
    return list(octets)


def _files() -> dict[str, Path]:
    """Return the files of the shipped scenarios by name; those in folders last."""
    files = [path for path in FOLDER.rglob("*.toml") if looks_like_a_scenario(path)]
    ordered = sorted(files, key=lambda path: (len(path.parts), path))
    return {path.relative_to(FOLDER).with_suffix("").as_posix(): path for path in ordered}


def _name(path: Path) -> str:
    """Return the name that a path would be, if it is one: with or without .toml, hyphens or underscores."""
    return path.as_posix().removesuffix(".toml").replace("-", "_").lower()


def _shipped(path: Path) -> Path | None:
    """Return the shipped file that a path names, with or without the folder in which it is shipped."""
    name = _name(path)
    return next((file for full, file in _files().items() if name in {full, file.stem}), None)


def _similar(path: Path) -> str:
    """Return the shipped name that a path is most similar to, or the first that begins like it; else an empty text."""
    names = {spelt: full for full, file in _files().items() for spelt in (full, file.stem)}
    for name in (_name(path), _name(Path(path.name))):
        begin_so = [each for each in names if len(name) >= _FEWEST_LETTERS and each.startswith(name)]
        for found in (*get_close_matches(name, names, n=1), *begin_so):
            return names[found]
    return ""


def _remedy(similar: str) -> str:
    return f"did you mean {similar}? fivefifty scenarios lists all" if similar else "fivefifty scenarios lists all"


def _needed(file: Path) -> Iterator[Path]:
    """Yield the other files that a scenario names, wherever in it: any word of a text that is a file beside it."""
    scenarios = set(_files().values())
    seen: set[Path] = set()
    for text in _texts(read(file)):
        for word in filter(None, _END_OF_FILE_NAME.split(text)):
            path = (file.parent / word).resolve()
            if is_file(path) and path.is_relative_to(FOLDER.resolve()) and path not in scenarios | seen:
                seen.add(path)
                yield path


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a value that was parsed from TOML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
