"""Writes the starter kit into a repository: bounce rules with a scenario, tests and CI jobs that pass."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from probe.input_error import InputError
from probe.judge import baseline_file
from probe.lab.classifiers import choose_for
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import load
from probe.user_files import exists, is_file, is_folder, write_here, writing

SCENARIO: Final = "bounces/scenario.toml"
BASELINE: Final = "bounces/baseline.toml"
GITHUB: Final = ".github/workflows/bounces.yml"
GITLAB: Final = ".gitlab-ci.yml"
GITLAB_BESIDE: Final = "fivefifty.gitlab-ci.yml"
"""The file for GitLab's jobs if the repository already has a .gitlab-ci.yml."""
FILES: Final = {
    SCENARIO: "scenario.toml",
    "bounces/message.eml": "message.eml",
    "bounces/bounce-rules.toml": "bounce-rules.toml",
    "tests/test_bounces.py": "test_bounces.py",
}
"""The files by their path in the folder, with their name in the package. The baseline is written by a run."""
JOBS: Final = {GITHUB: "github.yml", GITLAB: "gitlab.yml"}
"""The files of CI systems, which read them at the root of a repository."""
IGNORED: Final = ".gitignore"

_IN_A_PATH: Final = re.compile(r"[\w./ +@=,-]+")
"""Paths that need no escapes in a YAML text and in a shell, if there are quotes around them."""
_IN_SUBFOLDERS: Final = re.compile(r"^(.*)  # subfolder\n", re.MULTILINE)


def begin(folder: Path, source: str, *, force: bool = False) -> list[Path]:
    """Write the starter kit into a folder and return its files.

    CI jobs go to the root of the repository that the folder is in. If one of the files exists already, nothing is
    written, unless ``force`` is set; a .gitignore gets the lines that it lacks.

    Args:
        folder: Where it goes; created if it does not exist.
        source: What pip installs to get fivefifty; empty if that is not known. A wheel on this machine is copied.
        force: Overwrite files.

    Raises:
        InputError: A file exists already, or cannot be written; the source is a folder, or a wheel that is not there.
    """
    wheel = _wheel(source)
    kept = f"bounces/{wheel.name}" if wheel else source
    octets = {folder / path: _shipped(name) for path, name in FILES.items()}
    octets |= {path: text.encode() for path, text in _jobs(folder, kept)}
    if wheel:
        octets[folder / kept] = wheel.read_bytes()
    if not force:
        for path in [*octets, folder / BASELINE]:
            if exists(path):
                raise InputError(path, "exists already", "move it away, or overwrite it with --force")
    octets |= _ignoring(folder / IGNORED)
    try:
        _write(octets)
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        raise InputError(error.filename or folder, problem, "choose another folder") from None
    _write_baseline(folder)
    return [*octets, folder / BASELINE]


def _wheel(source: str) -> Path | None:
    """Return the wheel on this machine that is to be installed; None if it is elsewhere, or no wheel."""
    path = Path(source)
    if source and is_folder(path):
        problem = "is a folder of this machine, which CI cannot install"
        raise InputError(f"--install {source}", problem, "write git+URL@COMMIT, or name a wheel")
    if "://" in source or path.suffix != ".whl":
        return None
    if not is_file(path):
        raise InputError(f"--install {source}", "is not a file", "write git+URL@COMMIT, or name a wheel")
    return path


def _shipped(name: str) -> bytes:
    return (resources.files("probe.starter_kit") / "files" / name).read_bytes()


def _jobs(folder: Path, source: str) -> Iterator[tuple[Path, str]]:
    """Yield the path and the text of each CI system's file."""
    place = folder.resolve()
    root = next((above for above in (place, *place.parents) if exists(above / ".git")), place)
    within = place.relative_to(root).as_posix()
    if not _IN_A_PATH.fullmatch(within):
        raise InputError(
            folder, "has a name that CI jobs would have to escape", "choose a folder of letters and digits"
        )
    outside = root if folder.is_absolute() else Path(os.path.relpath(root))
    at_root = folder if root == place else outside
    for name, template in JOBS.items():
        text = _filled(_shipped(template).decode(), within, source)
        existing = at_root / name
        is_users = name == GITLAB and is_file(existing) and existing.read_bytes() != text.encode()
        yield at_root / (GITLAB_BESIDE if is_users else name), text


def _filled(template: str, within: str, source: str) -> str:
    """Return the text of a CI system's file, for a folder within the repository."""
    text = template.replace("@FIVEFIFTY@", json.dumps(source))
    if within == ".":
        return _IN_SUBFOLDERS.sub("", text).replace("@FOLDER@/", "")
    return _IN_SUBFOLDERS.sub(r"\1\n", text).replace("@FOLDER@", within)


def _ignoring(path: Path) -> dict[Path, bytes]:
    """Return a .gitignore with the lines that it lacks, or nothing if it lacks none."""
    before = path.read_bytes() if is_file(path) else b""
    known = {line.strip().strip(b"/") for line in before.splitlines()}
    lacking = [
        line for line in _shipped("gitignore").splitlines(keepends=True) if line.strip().strip(b"/") not in known
    ]
    between = b"" if before.endswith(b"\n") or not before else b"\n"
    return {path: before + between + b"".join(lacking)} if lacking else {}


def _write(octets: Mapping[Path, bytes]) -> None:
    for path, content in octets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_here(path, content)


def _write_baseline(folder: Path) -> None:
    """Run the scenario in memory, and write the mistakes of its classifiers as the baseline."""
    loaded = load(folder / SCENARIO)
    with TemporaryDirectory(prefix="fivefifty-") as books:
        result = run_scenario(
            prepare(loaded), Options(transport="memory", out=Path(books), classifiers=choose_for(loaded, None))
        )
        mistakes = result.known_mistakes()
    with writing(folder / BASELINE, "choose another folder"):
        (folder / BASELINE).unlink(missing_ok=True)
    card = result.scorecard
    baseline_file.update(folder / BASELINE, card.scenario, mistakes)
