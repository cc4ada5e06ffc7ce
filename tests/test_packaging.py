"""What is shipped: a wheel that holds the packages, their data and nothing else, and a command that works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("fake_gateways", "fivefifty", "probe")
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DEADLINE_S: Final = 120.0
SHIPPED: Final = (
    *("*.py", "*.toml", "*.jinja", "*.css", "*.js", "*.json", "py.typed"),
    "diagnose/patterns.csv",
    *("starter_kit/files/*.yml", "starter_kit/files/gitignore", "starter_kit/files/*.eml", "studies/messages/*.eml"),
)
"""Kinds of files that the packages have."""
SCENARIOS: Final = {
    f"fivefifty/{path.relative_to(ROOT).as_posix()}"
    for path in (ROOT / "scenarios").rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
}
"""Where the wheel has the scenarios, with their lists, messages and classifiers."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the hatchling that is installed; nothing is fetched."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=DEADLINE_S,
    )
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """Return the names of the files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the wheel as an installer would."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def installed(site: Path) -> metadata.Distribution:
    """Return the distribution that was unpacked."""
    (found,) = metadata.distributions(name="fivefifty", path=[str(site)])
    return found


def in_source(*patterns: str) -> Iterator[str]:
    """Yield the names of files in the packages' source."""
    for package in PACKAGES:
        for pattern in patterns:
            yield from (path.relative_to(ROOT).as_posix() for path in (ROOT / package).rglob(pattern))


def run(site: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command from the unpacked wheel, by its entry point, away from the source."""
    start = (
        "import sys; from importlib import metadata; "
        "(found,) = metadata.distributions(name='fivefifty', path=[sys.path[1]]); "
        "(script,) = found.entry_points.select(group='console_scripts'); "
        "script.load()()"
    )
    return subprocess.run(
        [sys.executable, "-c", start, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(site), "PYTHONUTF8": "1", "COLUMNS": "200"},
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_S,
    )


def test_the_wheel_is_for_every_platform(wheel: Path) -> None:
    assert wheel.name == f"fivefifty-{PROJECT['version']}-py3-none-any.whl"


@pytest.mark.parametrize(
    "data",
    [
        "fake_gateways/py.typed",
        "probe/py.typed",
        "probe/classify/words.toml",
        *(
            f"probe/report/html/{name}"
            for name in ("page.html.jinja", "page.css", "page.js", "recipients.js", "charts.json", "vega.js")
        ),
        "probe/classify/taxonomy.toml",
        *(f"fake_gateways/personas/{name}.toml" for name in ("cisco-esa", "consumer", "mimecast", "proofpoint")),
    ],
)
def test_the_wheel_holds_what_is_read_at_run_time(data: str, names: set[str]) -> None:
    assert data in names


def test_the_wheel_holds_all_source_and_all_data_and_nothing_else(names: set[str]) -> None:
    about = f"fivefifty-{PROJECT['version']}.dist-info"
    assert names == {
        *in_source(*SHIPPED),
        *SCENARIOS,
        *(f"{about}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")),
    }


def test_no_file_of_the_packages_is_of_another_kind() -> None:
    everything = {name for name in in_source("*") if (ROOT / name).is_file() and "__pycache__" not in name}
    assert everything == set(in_source(*SHIPPED))


def test_the_version_stands_in_one_place(installed: metadata.Distribution) -> None:
    assert installed.version == PROJECT["version"] == metadata.version("fivefifty")
    assert "dynamic" not in PROJECT
    repeats = [name for name in in_source("*.py") if "__version__" in (ROOT / name).read_text("utf-8")]
    assert repeats == []


def test_the_metadata_says_what_the_project_file_says(installed: metadata.Distribution) -> None:
    about = installed.metadata
    assert about["Name"] == "fivefifty"
    assert about["License-Expression"] == "MIT"
    assert about["Requires-Python"] == PROJECT["requires-python"]
    assert about["Summary"] == PROJECT["description"]

    def project(requirement: str) -> str:
        name = requirement.partition(";")[0]
        return "".join(each for each in name.replace(" ", "") if each.isalnum() or each in "-_.<>=~!")

    optional = [each for extra in PROJECT["optional-dependencies"].values() for each in extra]
    wanted = [*PROJECT["dependencies"], *optional]
    assert sorted(map(project, installed.requires or [])) == sorted(map(project, wanted))


def test_the_entry_point_is_the_command(installed: metadata.Distribution) -> None:
    (script,) = installed.entry_points.select(group="console_scripts")
    assert (script.name, script.value) == ("fivefifty", "probe.cli:main")


def test_the_pytest_plugin_loads_from_the_wheel_without_a_warning(site: Path, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import fake_gateways\n\n\ndef test_it(gateway):\n    assert gateway.port\n"
        f"    assert fake_gateways.__file__.startswith({str(site)!r})\n"
    )
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-W", "error", "-p", "no:asyncio", "-p", "no:hypothesispytest"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_S,
    )
    assert "1 passed" in finished.stdout, finished.stdout


def test_the_command_runs_from_the_wheel(site: Path, tmp_path: Path) -> None:
    finished = run(site, tmp_path, "--help")
    assert finished.returncode == 0, finished.stderr
    assert all(command in finished.stdout for command in ("run", "serve", "books", "scenario"))


def test_a_campaign_runs_from_the_wheel_with_its_personas_and_words(site: Path, tmp_path: Path) -> None:
    scenario = ROOT / "tests" / "scenarios" / "twelve.toml"
    finished = run(site, tmp_path, "run", str(scenario), "--transport", "memory")
    assert finished.returncode == 0, finished.stderr
    assert "Reported: 8 hard bounces (66.7%)" in finished.stdout
    assert (tmp_path / "runs" / "twelve" / "ledger.sqlite").is_file()
    assert (tmp_path / "runs" / "twelve" / "report.html").is_file()


def test_a_shipped_scenario_runs_from_the_wheel_by_its_name_and_as_a_copy(site: Path, tmp_path: Path) -> None:
    assert len(SCENARIOS) > 25
    listed = run(site, tmp_path, "scenarios", "--json")
    scenarios = {each["file"] for each in json.loads(listed.stdout)}
    assert {Path(file).relative_to(site).as_posix() for file in scenarios} == {
        name for name in SCENARIOS if name.endswith(".toml")
    }
    assert run(site, tmp_path, "run", "listing_lifted", "--transport", "memory").returncode == 0
    assert run(site, tmp_path, "scenarios", "copy", "listing_lifted").returncode == 0
    copied = run(site, tmp_path, "run", "scenarios/listing_lifted.toml", "--transport", "memory", "--out", "copied")
    assert copied.returncode == 0, copied.stderr
    assert "gate passed" in copied.stdout


def test_it_is_the_wheel_that_runs_and_not_the_source(site: Path, tmp_path: Path) -> None:
    where = "import probe, fake_gateways; print(probe.__file__, fake_gateways.__file__, sep='\\n')"
    finished = subprocess.run(
        [sys.executable, "-c", where],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_S,
    )
    assert all(Path(line).is_relative_to(site) for line in finished.stdout.splitlines())
