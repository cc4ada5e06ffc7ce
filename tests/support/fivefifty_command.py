"""The command ``fivefifty`` as a user runs it: in a process of its own, with a deadline."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from deadline import DEADLINE_S

COMMAND: Final = str(Path(sys.executable).with_name("fivefifty"))
FORKING: Final = str(Path(__file__).with_name("forking_command.py"))

PASSED, GATE_FAILED, INPUT_WRONG, INTERRUPTED = 0, 1, 2, 130


def environment() -> dict[str, str]:
    """Return an environment in which only the output's own nature decides about colours, widths and listeners."""
    decides = {"FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "LINES", "CI"}
    kept = {name: value for name, value in os.environ.items() if name not in decides and not name.startswith("GITHUB_")}
    return kept | {"PYTHONUTF8": "1"}


class Start(Protocol):
    """A way to run the command to its end."""

    def __call__(self, *arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]: ...


def fivefifty(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, its output caught in pipes.

    The process is forked from one that has imported the command, unless a test has changed what an interpreter goes by
    when it starts.
    """
    forking = _forking()
    if forking.started_by != _for_the_interpreter():
        return apart(*arguments, cwd=cwd)
    return forking.run([*map(str, arguments)], cwd or Path.cwd())


def apart(
    *arguments: object,
    cwd: Path | None = None,
    prefix: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, in an interpreter that shares nothing with that of any other run.

    ``prefix`` stands before it, such as setpriv; ``environ`` is added to the environment.
    """
    return subprocess.run(
        [*prefix, COMMAND, *map(str, arguments)],
        check=False,
        capture_output=True,
        cwd=cwd,
        encoding="utf-8",
        env=environment() | dict(environ or {}),
        stdin=subprocess.DEVNULL,
        timeout=DEADLINE_S,
    )


class _Forking:
    """The program that forks (``forking_command.py``), asked for one run at a time."""

    def __init__(self) -> None:
        self.started_by = _for_the_interpreter()
        self._asks, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            self._program = subprocess.Popen(
                [sys.executable, FORKING, COMMAND, str(there.fileno())],
                env=environment(),
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._taken = threading.Lock()
        atexit.register(self._end)

    def _end(self) -> None:
        """Ask for nothing more, which ends the program."""
        self._asks.close()
        self._program.wait(DEADLINE_S)

    def run(self, arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        """Run the command to its end; at the deadline it is killed and TimeoutExpired is raised."""
        wanted = json.dumps({"arguments": arguments, "folder": str(folder), "environ": environment()}).encode()
        with self._taken, ThreadPoolExecutor(2) as readers:
            (out, to_out), (err, to_err) = os.pipe(), os.pipe()
            nothing = os.open(os.devnull, os.O_RDONLY)
            socket.send_fds(self._asks, [wanted], [nothing, to_out, to_err])
            for each in (nothing, to_out, to_err):
                os.close(each)
            process = int(self._asks.recv(99))
            late: list[int] = []
            watchdog = threading.Timer(DEADLINE_S, lambda: (late.append(process), os.kill(process, signal.SIGKILL)))
            watchdog.start()
            said = list(readers.map(_all_of, (out, err)))
            code = int(self._asks.recv(99))
            watchdog.cancel()
        if late:
            raise subprocess.TimeoutExpired([COMMAND, *arguments], DEADLINE_S, *said)
        return subprocess.CompletedProcess([COMMAND, *arguments], code, *said)


@cache
def _forking() -> _Forking:
    """Start it, once for all tests of this process."""
    return _Forking()


def _for_the_interpreter() -> dict[str, str]:
    """Return the variables that an interpreter reads when it starts."""
    return {name: value for name, value in environment().items() if name.startswith("PYTHON")}


def _all_of(descriptor: int) -> str:
    with open(descriptor, encoding="utf-8") as stream:
        return stream.read()


def complaint(finished: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence on standard error, checked to be one: a single line, no traceback, nothing on stdout."""
    assert finished.returncode == INPUT_WRONG, finished
    assert finished.stdout == "", finished
    assert "Traceback" not in finished.stderr, finished
    assert finished.stderr.startswith("fivefifty: "), finished
    assert finished.stderr.endswith("\n"), finished
    assert finished.stderr.count("\n") == 1, finished
    sentence = finished.stderr.removeprefix("fivefifty: ").removesuffix("\n")
    assert sentence.isprintable(), finished
    assert "; " in sentence, f"no remedy behind a semicolon: {sentence}"
    return sentence


def free_port() -> int:
    """Return a port that no address of this machine uses at the moment, neither over TCP nor over UDP."""
    while True:
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
            stream.bind(("0.0.0.0", 0))
            port: int = stream.getsockname()[1]
            try:
                datagrams.bind(("0.0.0.0", port))
            except OSError:
                continue
            return port
