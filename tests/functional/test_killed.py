"""A killed run leaves books that open, hold every committed row and say INCOMPLETE; an interrupt is one sentence."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import groupby
from pathlib import Path

import pytest
import small_scenario
from deadline import DEADLINE_S, until
from fivefifty_command import COMMAND, INTERRUPTED, PASSED, environment, fivefifty
from small_scenario import SCENARIO, bent

from probe.judge.join import join
from probe.ledger import Ledger

RECIPIENTS = 30_000
# Without policies, so that setting up and sending are quick and the time goes into the books.
LARGE = SCENARIO[: SCENARIO.index("claims =")]
for old, new in (
    ("recipients = { count = 10 }\n", ""),
    ('domains = ["acme.example"]', "companies = 20"),
    ("count = 20", f"count = {RECIPIENTS}"),
):
    LARGE = bent(old, new, LARGE)


# The two largest companies are dealt to different workers, each of which begins with its largest.
LARGEST = {"acme-1", "acme-2"}


def committed(folder: Path) -> list[str]:
    """Return the gateways of all decisions that another process can see in the books."""
    try:
        with closing(sqlite3.connect(f"file:{folder / 'ledger.sqlite'}?mode=ro", uri=True)) as books:
            return [row[0] for row in books.execute("SELECT gateway FROM truth")]
    except sqlite3.OperationalError:  # not there yet
        return []


def session_of(leader: int) -> set[int]:
    """Return the processes that still live in a session, zombies left out (proc(5), fields state and session)."""
    living = set()
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdigit():
                state, _, _, session = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()[:4]
                if int(session) == leader and state != "Z":
                    living.add(int(folder.name))
    return living


@contextmanager
def running(tmp_path: Path, transport: str, workers: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Start a run in a session of its own, wait until each worker has committed rows, and leave nothing behind."""

    def has_begun() -> bool:
        gateways = LARGEST.intersection(committed(folder))
        return len(gateways) >= int(workers) or run.poll() is not None

    scenario = small_scenario.write(tmp_path, LARGE)
    folder = tmp_path / "run"
    with subprocess.Popen(
        [COMMAND, "run", scenario, "--out", folder, "--transport", transport, "--workers", workers],
        encoding="utf-8",
        env=environment(),
        start_new_session=True,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as run:
        try:
            until(has_begun)
            assert run.poll() is None, run.communicate()
            yield run, folder
        finally:
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)


@pytest.mark.parametrize(("transport", "workers"), [("memory", "1"), ("tcp", "1"), ("memory", "2")])
def test_every_committed_row_of_a_killed_run_can_be_read_and_its_books_are_incomplete(
    tmp_path: Path, transport: str, workers: str
) -> None:
    with running(tmp_path, transport, workers) as (run, folder):
        seen = len(committed(folder))
        os.killpg(run.pid, signal.SIGKILL)
        assert run.wait(DEADLINE_S) == -signal.SIGKILL
        until(lambda: not session_of(run.pid))
    with Ledger.open(folder) as ledger:
        truths = list(ledger.truths())
        attempts = list(ledger.attempts())
        assert not ledger.complete
    assert seen <= len(truths) < RECIPIENTS
    # Rows are committed in the order they were written, so nothing is missing between the first and the last.
    for _, rows in groupby(truths, lambda truth: truth.gateway):
        numbers = [row.seq for row in rows]
        assert numbers == list(range(1, len(numbers) + 1))
    assert join(truths, attempts).orphaned_attempts == []
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as books:
        assert books.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    told = fivefifty("books", folder)
    assert (told.returncode, told.stderr) == (PASSED, "")
    assert "state      INCOMPLETE: the run ended before every recipient was finished with\n" in told.stdout
    assert f"planned    {RECIPIENTS:,}\n" in told.stdout
    assert not (folder / "scorecard.json").exists()


@pytest.mark.parametrize(
    ("transport", "workers", "to_all"),
    [("memory", "1", True), ("tcp", "1", True), ("memory", "2", True), ("tcp", "2", True), ("memory", "2", False)],
    ids=["memory", "tcp", "two workers in memory", "two workers over tcp", "two workers, the parent alone is told"],
)
def test_an_interrupt_ends_a_run_before_its_end_with_one_sentence_and_exit_code_130_and_no_worker_outlives_it(
    tmp_path: Path, transport: str, workers: str, *, to_all: bool
) -> None:
    with running(tmp_path, transport, workers) as (run, folder):
        # A terminal sends Ctrl-C to all processes in the foreground, a supervisor to the one it started.
        (os.killpg if to_all else os.kill)(run.pid, signal.SIGINT)
        stdout, stderr = run.communicate(timeout=DEADLINE_S)
        until(lambda: not session_of(run.pid))
    assert run.returncode == INTERRUPTED
    assert stderr == f"fivefifty: interrupted; {folder} holds what was done until then; --resume continues\n"
    assert stdout == ""
    assert 0 < len(committed(folder)) < RECIPIENTS
    told = fivefifty("books", folder)
    assert (told.returncode, told.stderr) == (PASSED, "")
    assert "state      INCOMPLETE: " in told.stdout


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_ends_a_container_ends_a_run_as_an_interrupt_does(tmp_path: Path, workers: str) -> None:
    with running(tmp_path, "memory", workers) as (run, folder):
        run.terminate()
        _, stderr = run.communicate(timeout=DEADLINE_S)
        until(lambda: not session_of(run.pid))
    assert run.returncode == INTERRUPTED
    assert stderr == f"fivefifty: interrupted; {folder} holds what was done until then; --resume continues\n"


def test_the_books_of_a_run_can_be_read_while_it_goes_on(tmp_path: Path) -> None:
    with running(tmp_path, "tcp", "1") as (run, folder):
        told = fivefifty("books", folder)
        assert run.poll() is None
    assert (told.returncode, told.stderr) == (PASSED, "")
    assert "state      INCOMPLETE: " in told.stdout


def test_workers_go_when_their_parent_is_killed(tmp_path: Path) -> None:
    with running(tmp_path, "memory", "2") as (run, folder):
        os.kill(run.pid, signal.SIGKILL)
        run.wait(DEADLINE_S)
        until(lambda: not session_of(run.pid))
        assert len(committed(folder)) < RECIPIENTS


def workers_of(leader: int) -> list[int]:
    """Return the worker processes of a run."""

    def is_worker(process: int) -> bool:
        with suppress(OSError):
            return b"--multiprocessing-fork" in Path(f"/proc/{process}/cmdline").read_bytes()
        return False

    return sorted(filter(is_worker, session_of(leader)))


def test_a_killed_worker_is_replaced_and_the_books_are_as_undisturbed(tmp_path: Path) -> None:
    with running(tmp_path, "memory", "2") as (run, folder):
        os.kill(workers_of(run.pid)[0], signal.SIGKILL)
        out, err = run.communicate(timeout=DEADLINE_S)
    assert (run.returncode, err) == (PASSED, "")
    undisturbed = fivefifty("run", tmp_path / "small.toml", "--out", tmp_path / "undisturbed", "--workers", "1")
    assert undisturbed.returncode == PASSED
    with Ledger.open(folder) as books, Ledger.open(tmp_path / "undisturbed") as others:
        assert books.digest() == others.digest()
        assert sorted(books.planned()) == sorted(others.planned())
        assert list(books.mailboxes()) == list(others.mailboxes())
        assert list(books.classifications()) == list(others.classifications())
    assert out.replace(str(folder), "") == undisturbed.stdout.replace(str(tmp_path / "undisturbed"), "")


def test_workers_that_are_killed_again_and_again_end_the_run_with_one_sentence(tmp_path: Path) -> None:
    with running(tmp_path, "memory", "2") as (run, _):
        killed: set[int] = set()

        def has_ended() -> bool:
            for worker in set(workers_of(run.pid)) - killed:
                os.kill(worker, signal.SIGKILL)
                killed.add(worker)
            return run.poll() is not None

        until(has_ended)
        _, err = run.communicate()
    assert run.returncode == 2
    assert err == (
        "fivefifty: worker processes: have been killed 4 times; the last time a worker process ended with exit code "
        "-9; look whether the machine is short of memory, then repeat the command (run with --resume)\n"
    )


def test_a_classifier_that_ends_its_process_is_an_error_of_classifiers(tmp_path: Path) -> None:
    (tmp_path / "ends.py").write_text("import os\n\ndef ends(evidence):\n    os._exit(7)\n", "utf-8")
    text = bent('domains = ["acme.example"]', "companies = 2", bent("recipients = { count = 10 }\n", ""))
    scenario = small_scenario.write(tmp_path, text)
    told = fivefifty(
        *("run", scenario, "--out", tmp_path / "run", "--classifier", "python:ends:ends", "--workers", "2"),
        cwd=tmp_path,
    )
    assert (told.returncode, told.stderr) == (
        4,
        "fivefifty: a classifier ended its process (a worker process ended with exit code 7)\n",
    )
