"""The state file of diagnose: which files it may be, and that no budget is exceeded, whoever is killed when."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from asking_hosts import US, WHO
from deadline import DEADLINE_S
from fivefifty_command import complaint, environment, fivefifty

from probe.diagnose.host.manners import Spending, network_of, provider_of
from probe.diagnose.host.state_file import Begun, StateFile
from probe.input_error import InputError

NOW: Final = 1_796_000_000.0
ROUNDS, MOST = 60, 100
KILLED_AGAIN_AND_AGAIN: Final = f"""
import json, os, random, signal, sys
from pathlib import Path
from probe.diagnose.host.manners import Spending
from probe.diagnose.host.state_file import Begun, StateFile

BEGUN = Begun({NOW}, "mx.acme.example", "192.0.2.0/24", "acme.example", "series", "as-is", "", Spending(1, 2))

def spend(told):
    with StateFile(Path(sys.argv[1])) as state:
        while state.begin(BEGUN, Spending({MOST}, 10_000))[1] is None:
            os.write(told, b"+")

def spent_before(rng):
    acknowledged, told = os.pipe()
    child = os.fork()
    if not child:
        spend(told)
        os._exit(0)
    os.close(told)
    heard = sum(len(os.read(acknowledged, 1)) for _ in range(rng.randrange(3)))
    for _ in range(rng.randrange(20_000)):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(acknowledged, 4096):
        heard += len(more)
    os.close(acknowledged)
    with StateFile(Path(sys.argv[1])) as state:
        return heard, state.spent(*BEGUN[1:4], {NOW}).connections

rng = random.Random(7)
print(json.dumps([spent_before(rng) for _ in range({ROUNDS})]))
"""


def begun(host: str, exchanger: str, address: str, guessed: int = 0) -> Begun:
    """Return a dialogue with a server of a host on the list."""
    spending = Spending(1, 1, guessed=guessed)
    return Begun(NOW, host, network_of(address), provider_of(exchanger), "series", "as-is", "", spending)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("/dev/null", tmp_path, tmp_path / "pipe"):
        sentence = complaint(fivefifty("diagnose", "127.0.0.1", *WHO, *US, "--state", name))
        assert sentence == f"{name}: is a folder, a device or a pipe; name another file with --state"


@pytest.mark.parametrize("table", ["customer (id)", "dialogue (id, at, host)"])
def test_the_database_of_another_program_is_refused_and_stays_as_it_is(tmp_path: Path, table: str) -> None:
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"CREATE TABLE {table}")
        other.execute("PRAGMA user_version = 1")
    before = path.read_bytes()
    sentence = complaint(fivefifty("diagnose", "127.0.0.1", *WHO, *US, "--state", path))
    assert "is no state file of this version; name another file with --state" in sentence
    assert path.read_bytes() == before


def test_a_file_that_may_not_be_written_is_one_sentence_before_anybody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, connect = tmp_path / "state.sqlite", sqlite3.connect
    with StateFile(path):
        pass
    # As for a user who may only read it; root may write everything.
    monkeypatch.setattr(sqlite3, "connect", lambda name, **how: connect(f"file:{name}?mode=ro", uri=True, **how))
    with StateFile(path) as state, pytest.raises(InputError, match=r"cannot be written \(attempt to write a readonly"):
        state.begin(begun("mx.acme.example", "mx.acme.example", "192.0.2.1"), None)


def test_a_link_leads_to_the_same_file_and_the_same_locks(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "state.sqlite")
    with StateFile(tmp_path / "link") as state:
        assert state.path == tmp_path.resolve() / "state.sqlite"


@pytest.mark.parametrize(
    "other",
    [
        begun("192.0.2.1", "192.0.2.1", "192.0.2.1"),  # by its address
        begun("mx2.acme.example", "mx2.acme.example", "192.0.2.1"),  # by another name
        begun("acme.example", "mx2.acme.example", "198.51.100.1"),  # another server of the same provider
        begun("elsewhere.example", "mx.elsewhere.example", "192.0.2.99"),  # another server of the same network
    ],
)
def test_a_server_has_one_budget_under_all_its_names(tmp_path: Path, other: Begun) -> None:
    first, most = begun("mx.acme.example", "mx.acme.example", "192.0.2.1", guessed=1), Spending(2, 9, guessed=1)
    with StateFile(tmp_path / "state.sqlite") as state:
        assert state.begin(first, most)[1] is None
        assert state.begin(other._replace(spending=first.spending), most) == (0, "guessed")
        assert state.begin(other, most)[1] is None
        assert state.begin(other, most) == state.begin(first, most) == (0, "connections")
        assert state.begin(begun("b.example", "b.example", "203.0.113.1"), most)[1] is None


def test_no_budget_is_exceeded_however_often_the_command_is_killed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AGAIN_AND_AGAIN, os.fspath(tmp_path / "state.sqlite")],
        check=True,
        capture_output=True,
        env=environment(),
        timeout=DEADLINE_S,
    )
    before = 0
    for heard, spent in json.loads(done.stdout):
        # What was acknowledged is there. What was not may have been committed just before the kill.
        assert spent - before in {heard, heard + 1}
        before = spent
    assert before == MOST
