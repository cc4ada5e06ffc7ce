"""Writes the starter kit into a repository: bounce rules with a scenario, tests and CI jobs that pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from probe.input_error import InputError
from probe.judge import baseline_file
from probe.judge.baseline import KnownMistakes
from probe.lab.classifiers import choose_for
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import load
from probe.user_files import exists, is_file, writing

SCENARIO: Final = "bounces/scenario.toml"
BASELINE: Final = "bounces/baseline.toml"
GITLAB: Final = ".gitlab-ci.yml"
GITLAB_BESIDE: Final = "fivefifty.gitlab-ci.yml"
"""The file for GitLab's jobs if the repository already has a .gitlab-ci.yml."""
FILES: Final = {
    SCENARIO: "scenario.toml",
    "bounces/message.eml": "message.eml",
    "bounces/bounce-rules.toml": "bounce-rules.toml",
    "tests/test_bounces.py": "test_bounces.py",
    ".github/workflows/bounces.yml": "github.yml",
    GITLAB: "gitlab.yml",
}
"""The files by their path in the repository, with their name in the package. The baseline is written by a run."""


def begin(folder: Path, *, force: bool = False) -> list[str]:
    """Write the starter kit into a folder and return the paths of its files.

    If one of the files exists already, nothing is written, unless ``force`` is set.

    Raises:
        InputError: A file exists already, or cannot be written.
    """
    texts = dict(_texts(folder))
    if not force:
        for name in [*texts, BASELINE]:
            if exists(folder / name):
                raise InputError(folder / name, "exists already", "move it away, or overwrite it with --force")
    try:
        _write(folder, texts)
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        raise InputError(error.filename or folder, problem, "choose another folder") from None
    _write_baseline(folder)
    return [*texts, BASELINE]


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each file."""
    for name, source in FILES.items():
        text = (resources.files("probe.starter_kit") / "files" / source).read_text("utf-8")
        existing = folder / name
        is_users = name == GITLAB and is_file(existing) and existing.read_bytes() != text.encode()
        yield GITLAB_BESIDE if is_users else name, text


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def _write_baseline(folder: Path) -> None:
    """Run the scenario in memory, and write the mistakes of its classifiers as the baseline."""
    loaded = load(folder / SCENARIO)
    with TemporaryDirectory(prefix="fivefifty-") as books:
        result = run_scenario(
            prepare(loaded), Options(transport="memory", out=Path(books), classifiers=choose_for(loaded, None))
        )
    with writing(folder / BASELINE, "choose another folder"):
        (folder / BASELINE).unlink(missing_ok=True)
    card = result.scorecard
    baseline_file.update(folder / BASELINE, card.scenario, KnownMistakes(card.seed, result.mistakes))
