"""What one sees of a run: the log, the transcripts, the table of destinations; and no control character of a peer."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import small_scenario
from aiosmtpd.controller import Controller
from deadline import DEADLINE_S
from fivefifty_command import INPUT_WRONG, PASSED, fivefifty, free_port
from rich.console import Console
from small_scenario import SCENARIO, bent

from probe.ledger import Ledger
from probe.report.terminal.live_progress import ROWS, destinations
from probe.sender.progress import LaneCounts, Progress, Step, Steps


def test_the_log_holds_every_attempt_and_every_decision(tmp_path: Path) -> None:
    log = tmp_path / "run.jsonl"
    done = fivefifty(
        "run", small_scenario.write(tmp_path), "--out", tmp_path / "run", "--transport", "memory", "--log", log
    )
    assert done.returncode == PASSED
    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    with Ledger.open(tmp_path / "run") as books:
        assert [row for row in rows if row["event"] == "attempt"] == [
            {"event": "attempt", **row._asdict()} for row in books.attempts()
        ]
        assert sum(row["event"] == "truth" for row in rows) == len(list(books.truths()))


def test_without_transcripts_the_story_is_told_without_the_dialogue(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    fivefifty("run", small_scenario.write(tmp_path), "--out", folder, "--transport", "memory")
    with Ledger.open(folder) as books:
        recipient = next(iter(books.attempts())).recipient
    told = fivefifty("show", folder, "--recipient", recipient.upper())
    assert told.returncode == PASSED
    assert "attempt 1 of news (news.eml) from 127.10.0.1 to mx0a-acme-example.pphosted.com" in told.stdout
    assert "truth: " in told.stdout
    assert "EHLO" not in told.stdout


def test_the_story_of_an_address_that_no_directory_has_is_looked_for_in_all_lanes(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    fivefifty("run", small_scenario.write(tmp_path), "--out", folder, "--transport", "memory")
    with Ledger.open(folder) as books:
        recipient = next(iter(books.attempts())).recipient
    told = fivefifty("show", folder, "--recipient", recipient).stdout
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as database, database:
        database.execute("DELETE FROM mailbox")
    assert told.startswith("mailbox    ")
    assert fivefifty("show", folder, "--recipient", recipient).stdout == told.partition("\n")[2]


def test_a_recipient_that_is_not_found_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    fivefifty("run", small_scenario.write(tmp_path), "--out", folder, "--transport", "memory")
    told = fivefifty("show", folder, "--recipient", "nobody@acme.example")
    assert told.returncode == INPUT_WRONG
    assert told.stderr.startswith("fivefifty: --recipient nobody@acme.example: not found in ")


def test_a_log_that_cannot_be_written_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    log = tmp_path / "no" / "log"
    told = fivefifty("run", small_scenario.write(tmp_path), "--out", tmp_path / "run", "--log", log)
    assert told.returncode == INPUT_WRONG
    problem = "cannot be written (No such file or directory); choose another file"
    assert told.stderr == f"fivefifty: --log {log}: {problem}\n"
    assert not (tmp_path / "run").exists()


class Rude:
    """A server whose words a terminal would obey."""

    async def handle_RCPT(self, *given: object) -> str:  # noqa: N802 - aiosmtpd's name
        del given
        return "550 5.1.1 \x1b[2J\x1b]0;pwned\x07no such user"


def test_what_a_peer_says_is_made_harmless(tmp_path: Path) -> None:
    controller = Controller(Rude(), hostname="127.9.2.2", port=free_port(), ready_timeout=DEADLINE_S)
    controller.start()
    try:
        text = bent("seed = 7", 'seed = 7\nclock = "wall"', SCENARIO)
        text = text[: text.index('persona = "proofpoint"')]
        text += f'foreign = "127.9.2.2:{controller.port}"\ndomains = ["acme.example"]\nmailboxes = {{ count = 20 }}\n'
        scenario = small_scenario.write(tmp_path, text)
        ran = fivefifty("run", scenario, "--out", tmp_path / "run", "--transcripts", "--log", tmp_path / "log")
    finally:
        controller.stop()
    with Ledger.open(tmp_path / "run") as books:
        recipient = next(iter(books.attempts())).recipient
    told = fivefifty("show", tmp_path / "run", "--recipient", recipient)
    assert "no such user" in told.stdout
    for shown in (ran.stdout, told.stdout, (tmp_path / "log").read_text("utf-8")):
        assert not {"\x1b", "\x07"} & set(shown)


def test_everything_can_go_through_a_smart_host(tmp_path: Path) -> None:
    taken: list[str] = []

    class Relay:
        async def handle_DATA(self, *given: object) -> str:  # noqa: N802 - aiosmtpd's name
            taken.extend(given[2].rcpt_tos)  # type: ignore[attr-defined]
            return "250 2.0.0 Ok"

    controller = Controller(Relay(), hostname="127.9.2.3", port=free_port(), ready_timeout=DEADLINE_S)
    controller.start()
    try:
        host = f'rate = "100/1s"\nsmart_host = "127.9.2.3:{controller.port}"'
        text = bent('rate = "10/1s"', host, bent("seed = 7", 'seed = 7\nclock = "wall"'))
        done = fivefifty("run", small_scenario.write(tmp_path, text), "--out", tmp_path / "run")
    finally:
        controller.stop()
    assert (done.returncode, done.stderr) == (PASSED, "")
    with Ledger.open(tmp_path / "run") as books:
        attempts = list(books.attempts())
    assert sorted(taken) == sorted(row.recipient for row in attempts)
    assert {(row.outcome, row.mx_address) for row in attempts} == {("delivered", "127.9.2.3")}


def test_a_server_of_somebody_elses_needs_real_time_and_sockets(tmp_path: Path) -> None:
    host = 'rate = "10/1s"\nsmart_host = "127.9.2.3:25"'
    virtual = small_scenario.write(tmp_path, bent('rate = "10/1s"', host))
    told = fivefifty("run", virtual, "--out", tmp_path / "run").stderr
    assert 'a foreign gateway and a smart host live in real time; write clock = "wall"' in told
    wall = small_scenario.write(tmp_path, bent('rate = "10/1s"', host, bent("seed = 7", 'seed = 7\nclock = "wall"')))
    told = fivefifty("run", wall, "--out", tmp_path / "run", "--transport", "memory").stderr
    assert "cannot be reached without sockets; run it with --transport tcp" in told


def test_the_table_has_the_destinations_with_most_to_do_and_the_rest_in_a_line() -> None:
    progress = Progress({f"lane-{n}": LaneCounts() for n in range(ROWS + 3)})
    for n in range(ROWS + 3):
        progress.plan(f"lane-{n}", n)
    finished = progress.take(
        Steps(
            {
                Step("lane-12", "delivered", final=True): 4,
                Step("lane-12", "deferred", final=False): 3,
                Step("lane-11", "refused", final=True): 2,
            }
        )
    )
    assert finished == 6
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(destinations(progress, 2.0))
    lines = [line.split() for line in console.export_text().splitlines()]
    assert ["lane-12", "8", "4", "3", "0", "0", "4"] in lines
    assert ["lane-11", "9", "0", "0", "2", "0", "1"] in lines
    assert ["3", "others", "3", "0", "0", "0", "0", "0"] in lines
