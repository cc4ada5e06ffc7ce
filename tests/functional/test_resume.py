"""A run that is killed at any moment goes on with --resume, and ends with the books of an undisturbed one."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import small_scenario
from aiosmtpd.controller import Controller
from deadline import DEADLINE_S
from fivefifty_command import COMMAND, INPUT_WRONG, PASSED, environment, fivefifty, free_port
from small_scenario import bent

from probe.ledger import Ledger
from probe.ledger.database import Database
from probe.records.attempt import Attempt

SEVERAL = bent("recipients = { count = 10 }\n", "")
for old, new in (
    ('domains = ["acme.example"]', "companies = 40"),
    (
        "count = 20, departed = 0.1",
        "count = 2400, departed = 0.1, full = 0.05, opens = 0.3, complains = 0.01, away = 0.02",
    ),
):
    SEVERAL = bent(old, new, SEVERAL)
KILLS = 6
ROUNDS = 8
FIRST_S = 0.1
"""The earliest moment of a kill."""


def arguments(scenario: Path, folder: Path, transport: str, workers: str) -> list[str]:
    """Return the command line of a run that goes on where there is something to go on with."""
    return [
        COMMAND, "run", str(scenario), "--out", str(folder), "--transport", transport, "--workers", workers, "--resume",
    ]  # fmt: skip


def killed(command: list[str], after_s: float) -> bool:
    """Start a run and kill it, with all that belongs to it; return whether it was still running then."""
    with subprocess.Popen(
        command,
        env=environment(),
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as run:
        with suppress(subprocess.TimeoutExpired):
            run.wait(after_s)
            return False
        with suppress(ProcessLookupError):
            # The parent alone is killed every other time, as an out-of-memory killer does it.
            (os.killpg if int(after_s * 1000) % 2 else os.kill)(run.pid, signal.SIGKILL)
        run.wait(DEADLINE_S)
        return True


class Killer:
    """Kills runs at random moments, each time new ones: over many runs of the suite every moment is tried."""

    def __init__(self, bound_s: float) -> None:
        self.seed = random.Random().getrandbits(32)
        self.hits = 0
        self._rng = random.Random(self.seed)
        self._bound_s = bound_s

    def kill(self, command: list[str]) -> None:
        """Kill a run several times and let it come to its end, which it may do before it is killed often enough."""
        for _ in range(KILLS):
            if not killed(command, self._rng.uniform(FIRST_S, self._bound_s)):
                # How long a run takes depends on what else the machine has to do.
                self._bound_s = max(2 * FIRST_S, 0.7 * self._bound_s)
                break
            self.hits += 1
        done = subprocess.run(command, env=environment(), check=False, capture_output=True)
        assert (done.returncode, done.stderr) == (PASSED, b""), f"seed {self.seed}"


def card(folder: Path) -> dict[str, Any]:
    """Return the scorecard of a run."""
    found: dict[str, Any] = json.loads((folder / "scorecard.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize(("transport", "workers"), [("memory", "1"), ("memory", "2"), ("tcp", "1")])
def test_a_run_killed_at_many_moments_ends_with_the_same_books(tmp_path: Path, transport: str, workers: str) -> None:
    scenario = small_scenario.write(tmp_path, SEVERAL)
    whole = tmp_path / "whole"
    began = time.monotonic()
    subprocess.run(arguments(scenario, whole, transport, workers), env=environment(), check=True, capture_output=True)
    killer = Killer(time.monotonic() - began)
    for number in range(ROUNDS):
        broken = tmp_path / f"broken-{number}"
        killer.kill(arguments(scenario, broken, transport, workers))
        assert card(broken) == card(whole), f"seed {killer.seed}"
        with Ledger.open(broken) as books:
            assert books.complete
        if killer.hits >= KILLS:
            break
    assert killer.hits >= KILLS, f"seed {killer.seed}"


def test_a_finished_run_is_judged_again_and_nothing_is_sent(tmp_path: Path) -> None:
    scenario = small_scenario.write(tmp_path)
    folder = tmp_path / "run"
    first = fivefifty("run", scenario, "--out", folder, "--transport", "memory")
    again = fivefifty("run", scenario, "--out", folder, "--transport", "memory", "--resume")
    assert (again.returncode, again.stdout, again.stderr) == (first.returncode, first.stdout, "")


@pytest.mark.parametrize(
    ("old", "new", "transport"),
    [("seed = 7", "seed = 8", "memory"), ("count = 20", "count = 21", "memory"), ("seed = 7", "seed = 7", "tcp")],
    ids=["another seed", "other mailboxes", "another transport"],
)
def test_what_was_begun_otherwise_is_not_gone_on_with(old: str, new: str, transport: str, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    fivefifty("run", small_scenario.write(tmp_path), "--out", folder, "--transport", "memory")
    other = small_scenario.write(tmp_path, bent(old, new))
    done = fivefifty("run", other, "--out", folder, "--transport", transport, "--resume")
    assert done.returncode == INPUT_WRONG
    assert "holds a run of another scenario, seed or transport; run what was begun there" in done.stderr


def test_a_lane_that_was_cut_off_is_run_again_from_its_beginning(tmp_path: Path) -> None:
    scenario = small_scenario.write(tmp_path)
    folder, whole = tmp_path / "run", tmp_path / "whole"
    for each in (folder, whole):
        fivefifty("run", scenario, "--out", each, "--transport", "memory")
    with Ledger.open(folder) as books:
        # As a kill would leave it: rows of the lane without the note that it is done.
        books.note("complete", "no")
        rows = len(list(books.attempts()))
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as file, file:
        file.execute("DELETE FROM note WHERE key = 'lane acme'")
        file.execute("DELETE FROM attempt WHERE seq > 5")
    done = fivefifty("run", scenario, "--out", folder, "--transport", "memory", "--resume")
    assert done.returncode == PASSED
    assert card(folder) == card(whole)
    with Ledger.open(folder) as books:
        assert len(list(books.attempts())) == rows


FOREIGN = """\
schema = 1
name = "foreign"
title = "A server that is not ours"
seed = 7
clock = "wall"
starts = 2026-03-02T08:00:00Z

[sender]
helo = "mta1.sender.example"
return_path = "bounce.sender.example"
ips = [{{ address = "127.10.0.1" }}]
rate = "200/1s"
retry = {{ first = "1s", factor = 1, longest = "1s", give_up_after = "5s" }}

[[campaign]]
name = "news"
message = "news.eml"

[[gateway]]
name = "acme"
foreign = "127.9.2.1:{port}"
domains = ["acme.example"]
mailboxes = {{ count = 300 }}
"""


class Sink:
    """A server that takes everything at the second asking, and counts what it took."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self._asked: set[str] = set()

    async def handle_RCPT(self, *given: Any) -> str:  # noqa: N802 - aiosmtpd's name
        _, _, envelope, address, _ = given
        if int(hashlib.sha256(address.encode()).hexdigest(), 16) % 3 == 0 and address not in self._asked:
            self._asked.add(address)
            return "451 4.7.1 Greylisted"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, *given: Any) -> str:  # noqa: N802 - aiosmtpd's name
        _, _, envelope = given
        self.taken.update(envelope.rcpt_tos)
        return "250 2.0.0 Ok"


@contextmanager
def listening(sink: Sink) -> Iterator[int]:
    """Let a sink listen, and give its port."""
    controller = Controller(sink, hostname="127.9.2.1", port=free_port(), ready_timeout=DEADLINE_S)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def test_nothing_is_sent_twice_to_a_server_that_is_not_ours(tmp_path: Path) -> None:
    killer = Killer(3.0)
    for number in range(ROUNDS):
        sink, folder, before = Sink(), tmp_path / str(number), killer.hits
        with listening(sink) as port:
            scenario = small_scenario.write(tmp_path, FOREIGN.format(port=port))
            killer.kill([COMMAND, "run", str(scenario), "--out", str(folder), "--resume"])
        with Ledger.open(folder) as books:
            nothing_was_sent_twice(sink, list(books.attempts()), killer.hits - before)
        if killer.hits >= KILLS:
            break
    assert killer.hits >= KILLS, f"seed {killer.seed}"


def nothing_was_sent_twice(sink: Sink, attempts: list[Attempt], hits: int) -> None:
    """Hold the books against what a server took while the run was killed so many times."""
    in_doubt = {row.recipient for row in attempts if row.failure == "in-doubt"}
    delivered = {row.recipient for row in attempts if row.outcome == "delivered"}
    assert max(sink.taken.values()) == 1
    assert delivered <= set(sink.taken) <= delivered | in_doubt
    assert len(delivered | in_doubt) == 300
    assert len(in_doubt) <= hits
    assert len({(row.lane, row.seq) for row in attempts}) == len(attempts)


def told(attempt: Attempt) -> tuple[str, int, str]:
    """Return whom an attempt was for, which it was, and what came of it."""
    return attempt.recipient, attempt.number, attempt.outcome


OURS_AS_WELL = """\

[[gateway]]
name = "ours"
domains = ["ours.example"]
mailboxes = {{ count = 30 }}

  [[gateway.policy]]
  type = "greylisting"
  wait = "100ms"
"""


def test_a_lane_of_ours_is_run_again_from_its_beginning_beside_a_server_that_is_not_ours(tmp_path: Path) -> None:
    sink, folder = Sink(), tmp_path / "run"
    with listening(sink) as port:
        scenario = small_scenario.write(tmp_path, (FOREIGN + OURS_AS_WELL).format(port=port))
        fivefifty("run", scenario, "--out", folder)
        with Ledger.open(folder) as books:
            books.note("complete", "no")
            before = [row for row in books.attempts() if row.lane == "ours"]
        # As a kill would leave it: the gateway had taken half of its decisions.
        with closing(sqlite3.connect(folder / "ledger.sqlite")) as file, file:
            file.execute("DELETE FROM note WHERE key LIKE 'lane %'")
            file.execute("DELETE FROM attempt WHERE lane = 'ours' AND seq > 30")
            file.execute("DELETE FROM truth WHERE seq > 30")
            file.execute("DELETE FROM intent WHERE lane = 'ours' AND number > 1")
        done = fivefifty("run", scenario, "--out", folder, "--resume")
    assert (done.returncode, done.stderr) == (PASSED, "")
    with Ledger.open(folder) as books:
        after = [row for row in books.attempts() if row.lane == "ours"]
    # In real time they may come in another order.
    assert sorted(map(told, after)) == sorted(map(told, before))
    assert {row.outcome for row in after} == {"deferred", "delivered"}
    assert max(sink.taken.values()) == 1


def test_a_run_killed_while_its_books_were_made_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, folder = small_scenario.write(tmp_path), tmp_path / "run"

    def killed_here(database: Database) -> None:
        raise SystemExit(-signal.SIGKILL)

    monkeypatch.setattr(Database, "change", killed_here)
    with pytest.raises(SystemExit):
        Ledger.create(folder)
    done = fivefifty("run", scenario, "--out", folder, "--transport", "memory", "--resume")
    assert (done.returncode, done.stderr) == (PASSED, "")
    assert sorted(path.name for path in folder.iterdir() if "ledger" in path.name) == ["ledger.sqlite"]
