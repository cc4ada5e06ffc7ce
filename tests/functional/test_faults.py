"""Whose fault an error is: one about a file of the user is a mistake (exit code 2), any other is ours (3)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import small_scenario
from deadline import DEADLINE_S
from fivefifty_command import COMMAND, INPUT_WRONG, PASSED, apart, complaint, environment, fivefifty

ROOT = Path(__file__).parents[2]
FAULT = 3
OURS = "fivefifty: this is a fault of fivefifty; please report it with the lines above\n"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the packages into a folder where files of ours may be taken away."""
    folder = tmp_path_factory.mktemp("copy")
    for package in ("fivefifty", "probe", "fake_gateways"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@contextmanager
def missing(file: Path) -> Iterator[None]:
    """Let a file lead nowhere for a while."""
    away = file.with_name(f"{file.name}.away")
    file.rename(away)
    file.symlink_to(file.with_name("nowhere"))
    try:
        yield
    finally:
        away.replace(file)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("probe/classify/words.toml", ["run", "SCENARIO", "--transport", "memory", "--out", "RUN"]),
        ("probe/report/html/page.css", ["run", "SCENARIO", "--transport", "memory", "--out", "RUN"]),
        ("fake_gateways/personas/eset.toml", ["personas"]),
        ("fake_gateways/personas/eset.toml", ["personas", "show", "eset"]),
        ("probe/starter_kit/files/message.eml", ["init", "RUN"]),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value[:2]),
)
def test_a_missing_file_of_ours_is_a_fault_of_ours(copy: Path, file: str, words: list[str], tmp_path: Path) -> None:
    named = {"SCENARIO": str(small_scenario.write(tmp_path)), "RUN": str(tmp_path / "run")}
    with missing(copy / file):
        done = subprocess.run(
            [sys.executable, "-m", "fivefifty", *(named.get(word, word) for word in words)],
            check=False,
            capture_output=True,
            cwd=copy,
            encoding="utf-8",
            env=environment() | {"PYTHONPATH": str(copy)},
            timeout=DEADLINE_S,
        )
    assert (done.returncode, done.stdout) == (FAULT, "")
    assert done.stderr.startswith("Traceback ")
    assert f"FileNotFoundError: [Errno 2] No such file or directory: '{copy / file}'" in done.stderr
    assert done.stderr.endswith(OURS)


def test_a_scenario_that_is_a_folder_is_a_mistake(tmp_path: Path) -> None:
    told = complaint(fivefifty("run", tmp_path))
    assert told == f"{tmp_path}: cannot be read (Is a directory); check the file name and its permissions"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["run", "SCENARIO", "--out", "taken"],
            "taken: cannot be written (File exists); choose another folder with --out",
        ),
        (["run", "SCENARIO", "--out", "taken/run"], "taken/run: cannot be written (Not a directory); choose another "),
        (
            ["fit", "--scenarios", "22", "--out", "taken/x"],
            "taken/x: cannot be written (Not a directory); choose another ",
        ),
        (["init", "taken"], "taken/bounces: cannot be written (Not a directory); choose another folder"),
        (
            ["books", "x" * 5000],
            f"{'x' * 5000}: holds no ledger.sqlite; name the folder of a run, such as runs/control",
        ),
        (["compare", "x" * 5000, "y"], f"{'x' * 5000}: holds no ledger.sqlite; name the folder of a run"),
        (["evaluate", "x" * 5000], f"{'x' * 5000}: is not a file, and no scenario of this name "),
        (["rules", "lint", "x" * 5000], f"{'x' * 5000}: cannot be read (File name too long); check the file name"),
        (["import", "x" * 5000, "--from", "exim"], f"{'x' * 5000}: cannot be read (File name too long); check "),
        (["report", "x" * 5000], f"{'x' * 5000}/scorecard.json: cannot be read (File name too long); judge the run "),
        (["init", "x" * 5000], f"{'x' * 5000}"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_a_path_that_cannot_be_used_is_a_mistake(tmp_path: Path, words: list[str], told: str) -> None:
    small_scenario.write(tmp_path)
    (tmp_path / "taken").write_text("a file\n", "utf-8")
    named = ["small.toml" if word == "SCENARIO" else word for word in words]
    assert complaint(fivefifty(*named, cwd=tmp_path)).startswith(told)


def full(*words: str) -> str:
    """Return what is told where the disk is full, checked to be one sentence and exit code 2."""
    done = apart(*words)
    assert (done.returncode, done.stderr.count("\n")) == (INPUT_WRONG, 1), done.stderr
    return done.stderr.removeprefix("fivefifty: ").removesuffix("\n")


@pytest.mark.parametrize("option", ["--log", "--report"])
def test_a_full_disk_behind_a_file_is_told_with_the_file(tmp_path: Path, option: str) -> None:
    scenario, out = str(small_scenario.write(tmp_path)), str(tmp_path / "run")
    file = "junit=/dev/full" if option == "--report" else "/dev/full"
    told = full("run", scenario, "--transport", "memory", "--out", out, option, file)
    assert told == (
        f"{option} /dev/full: cannot be written (No space left on device); make room, or choose another file"
    )


def test_a_full_disk_behind_a_report_is_told_and_the_device_stays_one(tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    assert apart("run", str(small_scenario.write(tmp_path)), "--transport", "memory", "--out", out).returncode == PASSED
    told = full("report", out, "--out", "/dev/full")
    assert (
        told == "/dev/full: cannot be written (No space left on device); make room, or choose another file with --out"
    )
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize(
    "words", [["--help"], ["classifiers"], ["personas"], ["personas", "show", "eset"]], ids=" ".join
)
def test_a_full_disk_behind_standard_output_is_told(words: list[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [COMMAND, *words],
            check=False,
            stdout=output,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=environment(),
            timeout=DEADLINE_S,
        )
    assert done.returncode == INPUT_WRONG
    assert done.stderr.startswith(
        "fivefifty: standard output: cannot be written (No space left on device); make room, or"
    )
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("blocks", [20, 60, 100, 150])
def test_books_that_find_no_room_are_told(tmp_path: Path, blocks: int) -> None:
    scenario, out = small_scenario.write(tmp_path), tmp_path / "run"
    done = subprocess.run(
        ["bash", "-c", f'ulimit -f {blocks}; exec "$@"', "bash", COMMAND, "run", scenario, "--transport", "memory",
         "--out", out],
        check=False, capture_output=True, encoding="utf-8", env=environment(), timeout=DEADLINE_S,
    )  # fmt: skip
    assert done.returncode == INPUT_WRONG, done.stderr
    assert done.stderr.startswith(f"fivefifty: {out}"), done.stderr
    assert done.stderr.count("\n") == 1
    assert "; make room, or choose another" in done.stderr


def test_an_address_that_the_machine_does_not_have_is_a_mistake(tmp_path: Path) -> None:
    address = "192.0.2.1"  # TEST-NET-1, RFC 5737
    scenario = small_scenario.write(tmp_path, small_scenario.bent("claims =", f'address = "{address}"\nclaims ='))
    told = complaint(fivefifty("run", scenario, "--allow-network", "192.0.2.0/24", "--out", tmp_path / "run"))
    assert told == (
        f"{address}: is not an address of this machine; "
        "add it to a network interface, or choose one that the machine has"
    )


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root reads everything")
def test_a_folder_that_may_not_be_searched_is_a_mistake(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    drop = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] if os.geteuid() == 0 else []
    done = apart("books", closed / "run", prefix=drop)
    assert complaint(done) == f"{closed}/run: holds no ledger.sqlite; name the folder of a run, such as runs/control"
