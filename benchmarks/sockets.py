"""Mail over sockets beside Postfix's test programs, which are written in C.

smtp-source sends as fast as it can, to our gateways; smtp-sink takes everything that our sender has.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Final

import campaign
from figures import Figures
from processes import free_port, run, server

PATH: Final = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
SOURCE: Final = shutil.which("smtp-source", path=PATH) or "smtp-source"
SINK: Final = shutil.which("smtp-sink", path=PATH) or "smtp-sink"
SESSIONS: Final = 20
OCTETS: Final = 4_096
LOCALHOST: Final = "127.0.0.1"
GATEWAY: Final = "127.1.0.1"
RECIPIENT: Final = "ann@northwind.example"

SCENARIO: Final = """\
schema = 1
name = "wire"
title = "Mail over sockets"
seed = 550
clock = "wall"
starts = 2026-03-02T08:00:00Z

[sender]
helo = "mta1.messenger.example"
return_path = "bounce.messenger.example"
ips = [{{ address = "127.10.0.1" }}]
rate = "1000000/1s"
connections_per_gateway = {sessions}
keep_open = "1s"
retry = {{ first = "1s", give_up_after = "1s" }}

[[campaign]]
name = "march-webinar"
message = "{message}"

[[gateway]]
name = "northwind"
persona = "proofpoint"
domains = ["northwind.example"]
{more}
"""


def source_to_sink(messages: int, *, reused: bool) -> Figures:
    """Measure both of Postfix's programs."""
    port = free_port()
    with _sink(port) as process:
        return _source(LOCALHOST, port, messages, process, reused=reused)


def source_to_serve(fivefifty: Path, folder: Path, messages: int, *, reused: bool) -> Figures:
    """Measure the gateways that ``serve`` runs."""
    scenario = scenario_with_one_mailbox(folder)
    port = free_port()
    where = ["--port", port, "--dns-port", free_port(), "--dns-address", LOCALHOST, "--out", folder / "served"]
    with server([fivefifty, "serve", scenario, *where], GATEWAY, port) as process:
        return _source(GATEWAY, port, messages, process, reused=reused)


def sender_to_sink(fivefifty: Path, folder: Path, messages: int) -> Figures:
    """Measure our sender: the whole command, and the rate from its first message to its last."""
    port = free_port()
    more = f'foreign = "{LOCALHOST}:{port}"\nmailboxes = {{ count = {messages} }}'
    scenario = _scenario(folder, more)
    with _sink(port) as process:
        used = run([fivefifty, "run", scenario, "--classifier", "code", "--out", folder / "sent"], beside=[process])
    with closing(sqlite3.connect(folder / "sent" / "ledger.sqlite")) as books:
        query = "SELECT count(*), max(at + duration_s) - min(at) FROM attempt WHERE outcome = 'delivered'"
        ((delivered, seconds),) = books.execute(query)
    if delivered != messages:
        raise RuntimeError(f"smtp-sink took {delivered} of {messages} messages")
    return used._replace(rate=messages / seconds)


def scenario_with_one_mailbox(folder: Path) -> Path:
    """Write a scenario whose gateway takes mail for one recipient."""
    return _scenario(folder, f'mailbox = [{{ address = "{RECIPIENT}" }}]')


def _scenario(folder: Path, more: str) -> Path:
    shutil.copy(campaign.MESSAGE, folder)
    path = folder / "wire.toml"
    path.write_text(SCENARIO.format(message=campaign.MESSAGE.name, more=more, sessions=SESSIONS), "utf-8")
    return path


def _sink(port: int) -> AbstractContextManager[int]:
    user = ["-u", "root"] if os.getuid() == 0 else []
    return server([SINK, *user, f"{LOCALHOST}:{port}", 1000], LOCALHOST, port)


def _source(address: str, port: int, messages: int, process: int, *, reused: bool) -> Figures:
    mail = ["-s", SESSIONS, "-m", messages, "-l", OCTETS, "-f", "news@messenger.example", "-t", RECIPIENT]
    kept = ["-d"] if reused else []
    used = run([SOURCE, *kept, *mail, f"{address}:{port}"], beside=[process])
    return used._replace(rate=messages / used.wall_s)
