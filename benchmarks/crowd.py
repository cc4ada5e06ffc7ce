"""A server that ten thousand clients hold: how fast is one more, and how much memory does it take?

    python benchmarks/crowd.py [CLIENTS] [SECONDS]

``serve`` is held by a crowd that is idle, by one that says an octet a second, by both, and by a few clients that flood
it with commands. Meanwhile a normal client delivers messages one after the other over one connection. What it delivers
in a number of seconds is compared with what it delivered just before the crowd came. A crowd is a process of its own,
and shares the machine with server and client.
"""

from __future__ import annotations

import resource
import selectors
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, cycle
from pathlib import Path
from typing import Final

import sockets
from processes import free_port, memory_mb, server

HERE: Final = Path(__file__)
FIVEFIFTY: Final = Path(sys.executable).with_name("fivefifty")
FLOODING: Final = 50
MESSAGE: Final = b"Subject: Minutes\r\n\r\n" + b"As agreed on Monday.\r\n" * 180
SPOKEN: Final = b"EHLO mta1.messenger.example\r\n" + b"NOOP\r\n" * 20
"""What a slow client says, octet by octet, over and over."""
FLOOD: Final = b"HELP\r\n" * 10_000
SOURCES: Final = cycle(f"127.20.0.{number}" for number in range(1, 9))
DEFAULTS: Final = (10_000.0, 20.0)
SPARE: Final = 200
"""Files that a server needs for other things than clients."""
PATIENCE_S: Final = 60.0
STEPS_A_SECOND: Final = 20


def main() -> None:
    """Measure, and print a line for each crowd."""
    given = [*map(float, sys.argv[1:]), *DEFAULTS[len(sys.argv) - 1 :]]
    clients, seconds = int(given[0]), given[1]
    files = _allow_many_files()
    clients = min(clients, files - SPARE)
    crowds = {"idle": f"idle:{clients}", "slow": f"slow:{clients}"}
    half = min(clients, (files - SPARE) // 2)
    crowds |= {"idle and slow": f"idle:{half},slow:{half}", "flooding": f"flood:{FLOODING}"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scenario, port = sockets.scenario_with_one_mailbox(folder), free_port()
        where = ["--port", port, "--dns-port", free_port(), "--dns-address", sockets.LOCALHOST, "--out", folder / "out"]
        with server([FIVEFIFTY, "serve", scenario, *where], sockets.GATEWAY, port) as process:
            _deliver(port, 1)  # what is made once is made
            for crowd, members in crowds.items():
                alone, _ = _deliver(port, seconds)
                with _crowd(members, port) as still_there:
                    beside, slowest = _deliver(port, seconds)
                    memory = memory_mb(process)
                    still_there()
                print(
                    f"{crowd:14} {members:24} {alone / seconds:6.0f} messages/s alone, {beside / seconds:6.0f} beside"
                    f" ({beside / alone:4.0%}), slowest {slowest * 1000:4.0f} ms, server {memory:4.0f} MB",
                    flush=True,
                )


def _deliver(port: int, seconds: float) -> tuple[int, float]:
    """Deliver messages one after the other; return how many, and the seconds that the slowest took."""
    sent, slowest = 0, 0.0
    with smtplib.SMTP(sockets.GATEWAY, port, "mta1.messenger.example", PATIENCE_S) as client:
        client.ehlo()
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            client.sendmail("news@messenger.example", [sockets.RECIPIENT], MESSAGE)
            slowest = max(slowest, time.perf_counter() - began)
            sent += 1
    return sent, slowest


@contextmanager
def _crowd(members: str, port: int) -> Iterator[Callable[[], None]]:
    """Let a crowd hold the server while the block lasts; give what raises RuntimeError if it has gone."""
    command = [sys.executable, HERE, "crowd", members, str(port)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:

        def still_there() -> None:
            if process.poll() is not None:
                raise RuntimeError(f"the crowd {members} has gone: what was measured is not beside it")

        try:
            if process.stdout is None or process.stdout.readline() != "here\n":
                raise RuntimeError(f"the crowd {members} could not come")
            yield still_there
        finally:
            process.kill()


def _allow_many_files() -> int:
    """Raise the limit of open files as far as it goes, and return it; a server that is started has it too."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def _be_a_crowd(members: str, port: int) -> None:
    """Connect, say so on standard output, and go on until killed, or until the server closes a connection."""
    _allow_many_files()
    crowds = dict(word.split(":") for word in members.split(","))
    lines = {kind: [_connected(port) for _ in range(int(number))] for kind, number in crowds.items()}
    print("here", flush=True)
    selector = selectors.DefaultSelector()
    for kind, some in lines.items():
        for line in some:
            line.settimeout(0)
            selector.register(line, selectors.EVENT_READ | (selectors.EVENT_WRITE if kind == "flood" else 0))
    slow = lines.get("slow", [])
    portion = -(-len(slow) // STEPS_A_SECOND)
    for step in count():
        ends = time.monotonic() + 1 / STEPS_A_SECOND
        place = step % STEPS_A_SECOND * portion
        octet = SPOKEN[step // STEPS_A_SECOND % len(SPOKEN) :][:1]
        for line in slow[place : place + portion]:
            line.send(octet)
        while (left := ends - time.monotonic()) > 0:
            for key, events in selector.select(left):
                _take_turn(key.fileobj, events)  # type: ignore[arg-type]  # they are sockets


def _connected(port: int) -> socket.socket:
    line = socket.create_connection((sockets.GATEWAY, port), PATIENCE_S, (next(SOURCES), 0))
    line.recv(1000)
    return line


def _take_turn(line: socket.socket, events: int) -> None:
    """Read what has come, and flood if there is room."""
    try:
        if events & selectors.EVENT_READ and not line.recv(65_536):
            raise ConnectionError("the server has closed a connection")
        if events & selectors.EVENT_WRITE:
            line.send(FLOOD)
    except BlockingIOError:
        pass


if __name__ == "__main__":
    if sys.argv[1:2] == ["crowd"]:
        _be_a_crowd(sys.argv[2], int(sys.argv[3]))
    else:
        main()
