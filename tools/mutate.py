"""Changes pure files a little, one change at a time, and counts the changes that their tests notice (``make mutate``).

mutmut makes the changes, in a copy. Only the test file that mirrors a file is run. The figures are in mutants.json.
With FILES it shows each change that no test notices.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from measured import ROOT, measure, not_measured, require, seconds_in

RESULTS: Final = Path(__file__).with_name("mutants.json")
_COPIED: Final = ("probe", "fake_gateways", "fivefifty", "simulation", "tests", "scenarios", "docs", "README.md")
_SETTINGS: Final = """
[tool.mutmut]
source_paths = ["probe", "fake_gateways", "fivefifty"]
only_mutate = ["{file}"]
also_copy = ["simulation", "scenarios", "docs", "README.md"]
pytest_add_cli_args = [
    "-p", "no:xdist", "-p", "no:cacheprovider", "-x", "-q", "-W", "ignore::pytest.PytestAssertRewriteWarning",
]
pytest_add_cli_args_test_selection = ["{mirror}"]
track_dependencies = false
use_git_change_detection = false
"""
_APART: Final = """
process_isolation = "forkserver"
forkserver_warmup = "import"
preload_modules_file = "preloaded.txt"
"""
"""For changes that no test noticed in a process that had imported, and cached, what was changed: it is slower."""
_PRELOADED: Final = "pytest\nhypothesis\npydantic\ndns.message\ntenacity\naiosmtpd.smtp\naiosmtplib\n"
"""Libraries need not be imported anew for each change; what is ours is."""
_STATES: Final = {"🎉": "killed", "🫥": "untested", "⏰": "late", "🤔": "suspicious", "🙁": "survived"}


class Workshop:
    """A copy of the sources in which files are changed. It ``shows`` the changes that no test noticed."""

    def __init__(self, folder: Path, processes: int, *, shows: bool) -> None:
        self._folder = folder
        self._processes = processes
        self._shows = shows
        for name in _COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copyfile)(source, folder / name)
        (folder / "preloaded.txt").write_text(_PRELOADED, "utf-8")
        self._settings = (ROOT / "pyproject.toml").read_text("utf-8")

    def figures_of(self, file: str, mirror: str) -> dict[str, Any]:
        """Return how many changes of a file were made, and how many its tests noticed."""
        shutil.rmtree(self._folder / "mutants", ignore_errors=True)
        settings = self._settings + _SETTINGS.format(file=file, mirror=mirror)
        figures = self._tried(file, settings)
        alive = self._alive()
        if alive:
            self._tried(file, settings + _APART, *alive)
            alive = self._alive()
        if self._shows:
            for name in alive:
                print(self._mutmut("show", name).stdout)
        mutants = sum(figures.values())
        return {"mutants": mutants, "noticed": mutants - len(alive)}

    def _tried(self, file: str, settings: str, *names: str) -> dict[str, int]:
        """Try changes of a file, all or the named ones; return how many are in which state."""
        (self._folder / "pyproject.toml").write_text(settings, "utf-8")
        done = self._mutmut("run", "--max-children", str(self._processes), *names)
        counted = re.findall("|".join(rf"{sign} (\d+)" for sign in _STATES), done.stdout)
        last = [next(filter(None, each)) for each in counted[-len(_STATES) :]]
        if len(last) < len(_STATES):
            raise SystemExit(f"error: mutmut fails with {file}:\n{(done.stdout + done.stderr)[-2000:]}")
        found = dict(zip(_STATES.values(), map(int, last), strict=True))
        if not names and found["late"] > found["killed"]:
            raise SystemExit(f"error: most changes of {file} are said to hang, so its tests cannot be run")
        return found

    def _alive(self) -> list[str]:
        """Return the names of the changes that no test notices."""
        return re.findall(r"^\s+(\S+?): (?:survived|no tests)", self._mutmut("results").stdout, re.MULTILINE)

    def _mutmut(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("mutmut")), *arguments]
        return subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False)


def main() -> int:
    """Measure, and print the sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--for", dest="lasts", default="10m")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    require("mutmut")
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder), arguments.processes, shows=bool(arguments.files))
        found = measure(RESULTS, arguments.files, seconds_in(arguments.lasts), workshop.figures_of)
    mutants = sum(each["mutants"] for each in found.values())
    noticed = sum(each["noticed"] for each in found.values())
    print(f"{noticed:,} of {mutants:,} changes ({noticed / max(1, mutants):.1%}) in {len(found)} files are noticed")
    left = not_measured(found, arguments.files)
    if left:
        print(left)
    return 0


if __name__ == "__main__":
    sys.exit(main())
