"""How ``serve`` ends without anybody at the keyboard: by itself when it has gone quiet, and on SIGTERM."""

from __future__ import annotations

import smtplib
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest
import small_scenario
from deadline import DEADLINE_S, until
from fivefifty_command import COMMAND, PASSED, complaint, environment, fivefifty, free_port
from small_scenario import bent

from probe.ledger import Ledger

CLIENTS = 8
MANY = 300


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    """Serve, and yield the process when it is ready, with the gateway's address and port."""
    port, dns_port = free_port(), free_port()
    scenario = small_scenario.write(folder, bent('persona = "proofpoint"', 'persona = "cisco-esa"'))
    places = ["--port", str(port), "--dns-port", str(dns_port), "--dns-address", "127.0.0.1"]
    with subprocess.Popen(
        [COMMAND, "serve", str(scenario), *places, "--out", str(folder / "run"), *options],
        encoding="utf-8",
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout is not None
            assert any(line.startswith("ready") for line in process.stdout)
            # Whoever gets an answer from the nameserver finds the gateways there.
            socket.create_connection(("127.0.0.1", dns_port), DEADLINE_S).close()
            table = (folder / "run" / "postfix_transport").read_text("utf-8")
            yield process, table.split("[")[1].split("]")[0], port
        finally:
            process.kill()


def send(address: str, port: int, recipient: str) -> int:
    with smtplib.SMTP(address, port, "mta1.sender.example", DEADLINE_S, source_address=("127.10.0.1", 0)) as client:
        client.ehlo()
        client.mail("news@bounce.sender.example")
        return client.rcpt(recipient)[0]


def test_it_ends_by_itself_when_no_more_comes(tmp_path: Path) -> None:
    with serving(tmp_path, "--until-quiet", "100ms") as (process, address, port):
        assert send(address, port, "nobody@acme.example") == 550
        assert process.wait(DEADLINE_S) == PASSED
    with Ledger.open(tmp_path / "run") as books:
        assert books.complete
        assert [truth.recipient for truth in books.truths()] == ["nobody@acme.example"]


def test_before_the_first_decision_it_waits_for_as_long_as_it_takes(tmp_path: Path) -> None:
    with serving(tmp_path, "--until-quiet", "0s") as (process, address, port):
        for _ in range(3):
            # The greeting alone is no decision.
            socket.create_connection((address, port), DEADLINE_S).close()
        assert process.poll() is None
        assert send(address, port, "nobody@acme.example") == 550
        assert process.wait(DEADLINE_S) == PASSED


def test_what_ends_a_container_ends_it_and_writes_the_books(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, address, port):
        send(address, port, "nobody@acme.example")
        process.terminate()
        assert process.wait(DEADLINE_S) == PASSED
    with Ledger.open(tmp_path / "run") as books:
        assert books.complete
        assert len(list(books.truths())) == 1


def test_what_clients_were_told_until_it_ended_is_in_the_books(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []

    def ask(number: int) -> None:
        with suppress(OSError, smtplib.SMTPException), smtplib.SMTP(address, port, timeout=DEADLINE_S) as client:
            client.ehlo()
            client.mail("news@bounce.sender.example")
            for each in count():
                recipient = f"nobody-{number}-{each}@acme.example"
                told.append((recipient, client.rcpt(recipient)[0]))

    with serving(tmp_path) as (process, address, port), ThreadPoolExecutor(CLIENTS) as clients:
        asking = [clients.submit(ask, number) for number in range(CLIENTS)]
        until(lambda: len(told) > MANY)
        process.terminate()
        assert process.wait(DEADLINE_S) == PASSED
        for each in asking:
            each.result()
    with Ledger.open(tmp_path / "run") as books:
        written = {(truth.recipient, truth.code) for truth in books.truths()}
    assert set(told) <= written
    assert len(told) == len(set(told))


@pytest.mark.parametrize("quiet", ["10", "soon", "-1s"])
def test_what_is_no_duration_is_told(tmp_path: Path, quiet: str) -> None:
    sentence = complaint(fivefifty("serve", small_scenario.write(tmp_path), "--until-quiet", quiet))
    assert (
        sentence
        == f'--until-quiet: {quiet!r} is not a duration with a unit; write for example "90s", "5m", "2h" or "1d"'
    )
