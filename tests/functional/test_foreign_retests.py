"""Retests at a server that is not ours: it refuses everybody once, for a reason that passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from deadline import DEADLINE_S
from fivefifty_command import PASSED, fivefifty, free_port
from small_scenario import write

from probe.ledger import Ledger

ADDRESS = "127.9.3.1"
SCENARIO = """\
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
rate = "50/1s"
{retest}

[[campaign]]
name = "news"
message = "news.eml"

[[gateway]]
name = "acme"
foreign = "127.9.3.1:{port}"
domains = ["acme.example"]
mailboxes = {{ count = 3 }}
"""
RETEST = 'retest = { after = "1s", who = "refused", rate = "50/1s" }'


class RefusesOnce:
    """A server that calls every recipient unknown when it is asked for the first time."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    async def handle_RCPT(self, *given: Any) -> str:  # noqa: N802 - aiosmtpd's name
        _, _, envelope, address, _ = given
        if address not in self.known:
            self.known.add(address)
            return "550 5.1.1 User unknown"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"


def ran(folder: Path, retest: str) -> tuple[Path, str]:
    """Run the scenario against the server; return the books and what was printed."""
    controller = Controller(RefusesOnce(), hostname=ADDRESS, port=free_port(), ready_timeout=DEADLINE_S)
    controller.start()
    try:
        scenario = write(folder, SCENARIO.format(port=controller.port, retest=retest))
        done = fivefifty("run", scenario, "--out", folder / "run", "--classifier", "code")
    finally:
        controller.stop()
    assert done.returncode == PASSED, done
    return folder / "run", done.stdout


def test_who_was_refused_by_a_real_server_is_tried_once_more(tmp_path: Path) -> None:
    folder, told = ran(tmp_path, RETEST)
    with Ledger.open(folder) as books:
        attempts = list(books.attempts())
    assert sorted((row.number, row.outcome) for row in attempts) == [(1, "refused")] * 3 + [(2, "delivered")] * 3
    assert "Of 3 recipients, 3 received the message." in told


def test_what_a_real_server_said_of_a_living_mailbox_is_told_as_it_was(tmp_path: Path) -> None:
    folder, told = ran(tmp_path, "")
    assert "Alive: 3, refused for an unknown cause (3) in replies that say: no such mailbox." in told
    assert "Also alive" not in told
    truth = json.loads((folder / "scorecard.json").read_text("utf-8"))["truth"]
    assert (truth["disguised"], truth["misread"]) == (3, 0)
