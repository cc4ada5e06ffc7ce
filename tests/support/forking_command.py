"""The command ``fivefifty``, imported once and forked for every run: a program, which ``fivefifty_command.py`` starts.

Every process of the command needs a second and a half of a processor to import what all of them import. This one has
imported it. Asked over the socket that it was given, it forks; the child takes over the streams, the environment, the
folder and the arguments, and runs the script that pip installed, from its first line to the interpreter's own end. What
it leaves behind in memory it leaves to nobody. What it shares with the runs before it is what an interpreter decides
when it starts, such as the order in which sets are gone through.
"""

from __future__ import annotations

import gc
import importlib
import json
import multiprocessing.process
import os
import runpy
import socket
import sys
import time
from pathlib import Path
from typing import Final, TypedDict

MOST: Final = 1 << 18
"""Octets in a request."""
IMPORTED: Final = (
    "probe.cli",
    "probe.classify.rules.classifier",
    "probe.classify.rules.files",
    "probe.classify.taxonomy",
)
"""What commands import, at their beginning and when they need it; nothing that starts threads."""


class Wanted(TypedDict):
    """A run of the command; its streams come along as file descriptors."""

    arguments: list[str]
    folder: str
    environ: dict[str, str]


def wait_for_a_run(asked: socket.socket) -> Wanted | None:
    """Fork for whoever asks; return what is wanted in the child, and None when nobody will ask again."""
    while True:
        request, streams, _, _ = socket.recv_fds(asked, MOST, 3)
        if not request:
            return None
        child = os.fork()
        if child == 0:
            asked.close()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            wanted: Wanted = json.loads(request)
            return wanted
        for stream in streams:
            os.close(stream)
        asked.send(str(child).encode())
        _, status = os.waitpid(child, 0)
        asked.send(str(os.waitstatus_to_exitcode(status)).encode())


def become(command: str, wanted: Wanted) -> None:
    """Make this process what it would be, had the command been started."""
    os.environ.clear()
    os.environ.update(wanted["environ"])
    time.tzset()
    os.chdir(wanted["folder"])
    multiprocessing.process.ORIGINAL_DIR = wanted["folder"]  # type: ignore[attr-defined]
    sys.argv = [command, *wanted["arguments"]]
    runpy.run_path(command, run_name="__main__")


def main(command: str, descriptor: str) -> None:
    """Import, and serve."""
    sys.path[0] = str(Path(command).parent)
    for name in IMPORTED:
        importlib.import_module(name)
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "threads do not come along into a child"
    gc.collect()
    gc.freeze()
    wanted = wait_for_a_run(socket.socket(fileno=int(descriptor)))
    if wanted is not None:
        become(command, wanted)


if __name__ == "__main__":
    main(*sys.argv[1:])
