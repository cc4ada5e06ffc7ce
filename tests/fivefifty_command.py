"""The command ``fivefifty`` as a user runs it: in a process of its own, with a deadline."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from deadline import DEADLINE_S

COMMAND: Final = str(Path(sys.executable).with_name("fivefifty"))

PASSED, GATE_FAILED, INPUT_WRONG, INTERRUPTED = 0, 1, 2, 130


def environment() -> dict[str, str]:
    """Return an environment in which only the output's own nature decides about colours, widths and listeners."""
    decides = {"FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "LINES", "CI"}
    kept = {name: value for name, value in os.environ.items() if name not in decides and not name.startswith("GITHUB_")}
    return kept | {"PYTHONUTF8": "1"}


def fivefifty(
    *arguments: object,
    cwd: Path | None = None,
    prefix: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, its output caught in pipes. ``prefix`` stands before it, such as setpriv.

    ``environ`` is added to the environment.
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
