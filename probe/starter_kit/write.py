"""Writes into somebody's repository what it takes to judge bounce rules there: a starting set that passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from probe.input_error import InputError
from probe.judge import baseline_file
from probe.judge.baseline import Known
from probe.lab.classifiers import choose_for
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import load

SCENARIO: Final = "bounces/scenario.toml"
BASELINE: Final = "bounces/baseline.toml"
GITLAB: Final = ".gitlab-ci.yml"
GITLAB_BESIDE: Final = "fivefifty.gitlab-ci.yml"
"""Where GitLab's jobs go when the repository has some already."""
FILES: Final = {
    SCENARIO: "scenario.toml",
    "bounces/message.eml": "message.eml",
    "bounces/bounce-rules.toml": "bounce-rules.toml",
    "tests/test_bounces.py": "test_bounces.py",
    ".github/workflows/bounces.yml": "github.yml",
    GITLAB: "gitlab.yml",
}
"""The starting set: where each file goes, and its name in the package. The baseline is made by running it."""


def begin(folder: Path, *, force: bool = False) -> list[str]:
    """Write the starting set into a folder and return the files it now has; raises InputError.

    No file is written where one of them is there already, unless ``force`` says so.
    """
    texts = dict(_texts(folder))
    if not force:
        for name in [*texts, BASELINE]:
            if (folder / name).exists():
                raise InputError(folder / name, "is there already", "move it away, or write over it with --force")
    try:
        _write(folder, texts)
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        raise InputError(error.filename or folder, problem, "choose another folder") from None
    _write_baseline(folder)
    return [*texts, BASELINE]


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name of each file, and what is to stand in it."""
    for name, source in FILES.items():
        text = (resources.files("probe.starter_kit") / "files" / source).read_text("utf-8")
        jobs = folder / name
        is_theirs = name == GITLAB and jobs.is_file() and jobs.read_bytes() != text.encode()
        yield GITLAB_BESIDE if is_theirs else name, text


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def _write_baseline(folder: Path) -> None:
    """Run the scenario in memory, and write down what its classifiers get wrong."""
    loaded = load(folder / SCENARIO)
    with TemporaryDirectory(prefix="fivefifty-") as books:
        result = run_scenario(
            prepare(loaded), Options(transport="memory", out=Path(books), classifiers=choose_for(loaded, None))
        )
    (folder / BASELINE).unlink(missing_ok=True)
    card = result.scorecard
    baseline_file.update(folder / BASELINE, card.scenario, Known(card.seed, result.mistakes))
