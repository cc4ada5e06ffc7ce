"""fivefifty diagnose HOST where something goes wrong: bad servers, a killed command, mistakes of the user."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from answering_server import HANG as SILENCE
from answering_server import answering, in_background
from asking_hosts import SPAM, US, WHO, allow_list
from deadline import DEADLINE_S, until
from fivefifty_command import COMMAND, complaint, environment, fivefifty, free_port
from misbehaving_server import CLOSE, FOREVER, HANG, RESET, Act, Script, misbehaving

from fake_gateways.clock import WallClock
from fake_gateways.truth import Cause
from probe.cli.exit_codes import Exit
from probe.diagnose.choice import Budget, Stopped
from probe.diagnose.diagnosis import Diagnosis
from probe.diagnose.host.asking import Asking
from probe.diagnose.host.host_name import Host
from probe.diagnose.host.open_host import Found, diagnose_host
from probe.diagnose.host.state_file import StateFile
from probe.diagnose.reached import Unreached


def misbehaved(folder: Path, script: Script, reply_timeout_s: float = 0.1) -> Found:
    """Diagnose at a server that follows a script."""

    async def ask() -> Found:
        async with misbehaving(script) as (port, _):
            asking = Asking(
                host=Host("127.0.0.1", port),
                recipient="ann@acme.example",
                message=SPAM.replace("\n", "\r\n").encode(),
                return_paths=("news@sender.example",),
                reply_timeout_s=reply_timeout_s,
                most_s=0.0,
            )
            with StateFile(folder / "state.sqlite") as state:
                return await diagnose_host(asking, Budget(experiments=3), state, WallClock(0.0))

    return asyncio.run(ask())


STAGES = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "content")
MISDEEDS: list[tuple[str, tuple[Act, ...]]] = [
    *((at, acts) for at in STAGES for acts in ((HANG,), (RESET,), (b"\0\xff\x1b[31m what?\r\n",))),
    ("RCPT", (CLOSE,)),
    ("RCPT", (b"250-and more\r\n", FOREVER)),
    ("RCPT", (b"599 \xff\r\n",)),
    *((at, (b"550 5.1.1 no\r\n250 ok\r\n421 bye\r\n",)) for at in STAGES),
]


@pytest.mark.parametrize(("at", "acts"), MISDEEDS)
def test_a_server_that_misbehaves_ends_in_an_uncertain_verdict(tmp_path: Path, at: str, acts: tuple[Act, ...]) -> None:
    found = misbehaved(tmp_path, {at: acts}).outcome
    if isinstance(found, Diagnosis):
        assert found.is_alive is not False, (found.belief.alive, found.possible)
        assert found.stopped is not Stopped.DECIDED, found.possible
    else:
        assert isinstance(found, Unreached)


def test_a_server_that_mentions_tls_without_offering_it_does_not_require_it(tmp_path: Path) -> None:
    found = misbehaved(tmp_path, {"MAIL": (b"530 5.7.0 Must issue a STARTTLS command first\r\n",)}).outcome
    assert isinstance(found, Diagnosis)
    assert Cause.TLS_REQUIRED not in found.possible
    assert "over-tls" not in {step.experiment.name for step in found.steps}


def test_a_nameserver_that_keeps_silent_ends_without_a_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probe.diagnose.host.open_route._LOOKUP_S", 0.05)
    with socket.socket(type=socket.SOCK_DGRAM) as nameserver, StateFile(tmp_path / "state.sqlite") as state:
        nameserver.bind(("127.0.0.1", 0))
        allow = allow_list(tmp_path, "acme.example", f'nameserver = "127.0.0.1:{nameserver.getsockname()[1]}"')
        asking = Asking(host=Host("acme.example"), recipient="ann@acme.example", allow=str(allow))
        found = asyncio.run(diagnose_host(asking, Budget(), state, WallClock(time.time())))
    assert isinstance(found.outcome, Unreached)


def test_a_nameserver_that_cannot_be_reached_is_no_verdict(tmp_path: Path) -> None:
    allow = allow_list(tmp_path, "acme.example", 'nameserver = "255.255.255.255:53"')
    done = fivefifty("diagnose", "acme.example", *WHO, "--allow", allow, "--state", tmp_path / "state.sqlite")
    assert done.returncode == Exit.CANNOT_TELL, done
    assert "the nameserver does not answer" in done.stdout


def test_a_dialogue_ends_although_the_server_would_let_it_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("probe.diagnose.host.open_host._GRACE_S", 0.05)
    found = misbehaved(tmp_path, {"MAIL": (HANG,)}, reply_timeout_s=DEADLINE_S)
    assert isinstance(found.outcome, Diagnosis)
    assert found.outcome.first.result.text == "no end within 0.05 s"
    assert found.outcome.steps == ()
    assert found.note == "the dialogues have taken longer than --for allows"


@contextmanager
def started(*words: object) -> Iterator[subprocess.Popen[str]]:
    """Start the command, and leave nothing behind."""
    with subprocess.Popen(
        [COMMAND, "diagnose", *map(str, words)],
        encoding="utf-8",
        env=environment(),
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def hanging(folder: Path, *more: object) -> Iterator[tuple[subprocess.Popen[str], Path, list[object]]]:
    """Start the command against a server that hangs at RCPT, and wait until it has written that down."""
    state = folder / "state.sqlite"
    with in_background(misbehaving({"RCPT": (HANG,)})) as (port, _):
        words: list[object] = [f"127.0.0.1:{port}", *WHO, "--state", state, *more]
        with started(*words) as process:
            until(lambda: spent(state) == (1, 1))
            yield process, state, words


def spent(state: Path) -> tuple[int, int]:
    """Return the connections and recipients that were spent."""
    try:
        with closing(sqlite3.connect(f"file:{state}?mode=ro", uri=True)) as rows:
            found: tuple[int, int] = rows.execute("SELECT sum(connections), sum(recipients) FROM dialogue").fetchone()
            return found
    except sqlite3.OperationalError:  # not there yet
        return 0, 0


def test_what_a_killed_command_has_spent_is_remembered(tmp_path: Path) -> None:
    allow = allow_list(tmp_path)
    allow.write_text(allow.read_text("utf-8") + "connections_per_day = 1\n", "utf-8")
    with hanging(tmp_path, "--allow", allow) as (process, state, words):
        process.send_signal(signal.SIGKILL)
        process.wait(DEADLINE_S)
        assert spent(state) == (1, 1)
        sentence = complaint(fivefifty("diagnose", *words))
        assert "the connections that the allow list permits within a day are spent" in sentence
        assert spent(state) == (1, 1)


def test_after_a_kill_it_goes_on_from_what_is_known(tmp_path: Path) -> None:
    state, dialogues = tmp_path / "state.sqlite", Counter[str]()

    def answer(peer: str, line: str) -> str | None:
        del peer
        dialogues[line] += line.startswith("EHLO")
        hangs = dialogues["EHLO mta1.sender.example"] == 3
        return (SILENCE if hangs else "550 5.1.1 User unknown") if line.startswith("RCPT") else None

    def names(answered: str) -> list[str]:
        with closing(sqlite3.connect(state)) as rows:
            query = f"SELECT experiment FROM dialogue WHERE ended IS {answered} ORDER BY id"
            return [name for (name,) in rows.execute(query)]

    with in_background(answering(answer)) as (port, _):
        sources = ("--source", "127.10.0.2", "--source", "127.20.0.1")
        words = [f"127.0.0.1:{port}", *WHO, *US, *sources, "--state", state, "--experiments", 4]
        with started(*words) as process:
            until(lambda: dialogues["EHLO mta1.sender.example"] == 3 or process.poll() is not None)
            assert process.poll() is None, process.communicate()
            process.send_signal(signal.SIGKILL)
            process.wait(DEADLINE_S)
        before, (lost,) = names("NOT NULL"), names("NULL")
        assert before[0] == "as-is"
        done = fivefifty("diagnose", *words, "--json")
    assert done.returncode == Exit.CANNOT_TELL, done
    found = [each["name"] for each in json.loads(done.stdout)["experiments"]]
    assert found[:2] == [before[1], "again"]
    assert names("NOT NULL")[:3] == [*before, "as-is"]
    assert lost in found


def test_one_dialogue_with_a_provider_at_a_time(tmp_path: Path) -> None:
    allow = allow_list(tmp_path)
    with hanging(tmp_path, "--allow", allow) as (process, state, words):
        sentence = complaint(fivefifty("diagnose", *words, "--for", "0s"))
        assert "another dialogue with the same provider is under way" in sentence
        assert spent(state) == (1, 1)
        assert process.poll() is None


def test_an_interrupted_command_says_what_is_kept(tmp_path: Path) -> None:
    with hanging(tmp_path, *US) as (process, state, _):
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == Exit.INTERRUPTED
        assert stderr == f"fivefifty: interrupted; {state} holds what was asked; the same command goes on from there\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("mx.acme.example", *WHO), "is not on this machine, and no allow list names it"),
        (("192.0.2.1:25", *WHO, *US), "is not on this machine, and no allow list names it"),
        (("[2001:db8::1]:25", *WHO, *US), "is not on this machine, and no allow list names it"),
        (("127.0.0.1:0", *WHO), "'0' is not a port"),
        (("127.0.0.1", *WHO), "--from: is missing"),
        (("127.0.0.1", *WHO, "--from", "news"), "--from: 'news' is not a valid address"),
        (("127.0.0.1", *WHO, *US, "--source", "10.0.0.0/8"), "is not an IP address"),
        (("127.0.0.1", *WHO, "--from", "a@b.example", "--source", "192.0.2.1"), "is no address of this machine"),
        (("127.0.0.1", *WHO, "--from", "a@b.example", "--source", "::1"), "has no address that ::1 can reach"),
        (("127.0.0.1", *WHO, *US, "--for", "soon"), "--for: 'soon' is not a duration"),
        (("127.0.0.1", *WHO, *US[:2], "--helo", "a b"), "--helo: 'a b' is not a host name"),
        (
            ("127.0.0.1", *WHO, *US[:2], "--helo", "mail.\N{LATIN SMALL LETTER E WITH ACUTE}.example"),
            "is not a host name",
        ),
        (("127.0.0.1", *WHO, *US, "--message", "no.eml"), "--message no.eml: cannot be read"),
        (("127.0.0.1", *WHO, *US, "--message", "empty.eml"), "does not begin with a header field"),
        (("127.0.0.1", *WHO, *US, "--message", "text.txt"), "does not begin with a header field"),
        (("127.0.0.1", *WHO, *US, "--message", "binary.eml"), "does not begin with a header field"),
        (("127.0.0.1", *WHO, *US, "--message", "/dev/zero"), "it is a device or a pipe"),
        (("127.0.0.1", *WHO, *US, "--state", "empty.eml/x"), "cannot be written"),
        (("127.0.0.1", *WHO, *US, "--state", "text.txt"), "file is not a database"),
        (("127.0.0.1", *WHO, *US, "--state", "other.sqlite"), "is no state file of this version"),
        (("127.0.0.1", *WHO, *US, "--allow", "no.toml"), "no.toml: cannot be read"),
        (("127.0.0.1", *WHO, *US, "--allow", "text.txt"), "text.txt: is not valid TOML"),
        (("127.0.0.1", *WHO, *US, "--seed", "1"), "--seed: is of no use here, because 127.0.0.1 is a host"),
        (("127.0.0.1", *WHO, *US, "--transport", "tcp"), "--transport: is of no use here"),
        (("control", *WHO, *US), "--from: is of no use here, because control is a scenario"),
        (("control", *WHO, "--for", "1m"), "--for: is of no use here"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "empty.eml").touch()
    (tmp_path / "text.txt").write_text("what is this?\n" * 100, "utf-8")
    (tmp_path / "binary.eml").write_bytes(bytes(range(256)))
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE dialogue (id)")
    kept = () if "--allow" not in words else ("--state", "state.sqlite")
    assert sentence in complaint(fivefifty("diagnose", *words, *kept, cwd=tmp_path))


@pytest.mark.parametrize(
    ("name", "days", "sentence"),
    [
        ("mx.acme.example", 30, "does not name 127.0.0.1"),
        ("127.0.0.1", -1, "has expired on"),
        ("127.0.0.1", 400, "choose a day within the next year"),
        ("127.0.0.0/8", 30, "is more than one host"),
    ],
)
def test_a_list_that_does_not_allow_it_is_one_sentence(tmp_path: Path, name: str, days: int, sentence: str) -> None:
    allow = allow_list(tmp_path, name, days=days)
    more = ("--allow", allow, "--state", tmp_path / "state.sqlite")  # not that of whoever runs the tests
    assert sentence in complaint(fivefifty("diagnose", "127.0.0.1", *WHO, *more, cwd=tmp_path))


def test_the_state_of_a_user_is_where_xdg_says(tmp_path: Path) -> None:
    done = subprocess.run(
        [COMMAND, "diagnose", f"127.0.0.1:{free_port()}", *WHO, "--allow", allow_list(tmp_path)],
        check=False,
        capture_output=True,
        env=environment() | {"XDG_STATE_HOME": os.fspath(tmp_path / "state")},
        timeout=DEADLINE_S,
    )
    assert done.returncode == Exit.CANNOT_TELL, done
    assert spent(tmp_path / "state/fivefifty/diagnose.sqlite") == (1, 1)


def test_a_message_of_20_mb_is_found_to_be_too_large(tmp_path: Path) -> None:
    (tmp_path / "big.eml").write_bytes(SPAM.encode() + (b"x" * 75 + b"\n") * (20 * 1024**2 // 76))

    def answer(peer: str, line: str) -> str | None:
        del peer
        if line.startswith("EHLO"):
            return "250-mx.acme.example\r\n250 SIZE 10485760"
        is_large = line.startswith("MAIL") and int(line.partition("SIZE=")[2] or 0) > 10_485_760
        return "552 5.3.4 Message size exceeds fixed limit" if is_large else None

    with in_background(answering(answer)) as (port, _):
        done = fivefifty("diagnose", f"127.0.0.1:{port}", *WHO, *US, "--message", tmp_path / "big.eml", "--json")
    assert done.returncode == Exit.REASON_FOUND, done
    assert list(json.loads(done.stdout)["causes"]) == ["too-large"]
