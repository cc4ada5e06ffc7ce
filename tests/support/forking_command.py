"""The command ``fivefifty``, imported once and forked for every run: a program, which ``fivefifty_command.py`` starts.

A process of the command needs up to a second of a processor to import what it works with. This one has imported all of
it. Asked over the socket that it was given, it forks; the child takes over the streams, the environment, the folder and
the arguments, and runs the script that pip installed, from its first line to the interpreter's own end. What it leaves
behind in memory no other run sees. What it shares with the runs before it is what an interpreter decides when it
starts, such as the order in which sets are iterated over.
"""

from __future__ import annotations

import ast
import gc
import importlib
import json
import multiprocessing.process
import os
import runpy
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, TypedDict

MOST: Final = 1 << 18
"""Octets in a request."""
COMMANDS: Final = Path(__file__).parents[2] / "probe" / "cli"
LATER: Final = (
    "probe.classify.rules.classifier",
    "probe.classify.rules.files",
    "probe.classify.taxonomy",
    "rich.progress",
    "typer.rich_utils",
)
"""What others import when they need it; nothing that starts threads."""
EXTRA: Final = "probe.studies.fit"
"""Needs a library that starts threads, for one command that no test runs this way."""


def imported() -> Iterator[str]:
    """Yield every module that the command line imports, at its beginning or in a function; also names in modules."""
    for path in COMMANDS.glob("*.py"):
        yield f"probe.cli.{path.stem}".removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.module.startswith(EXTRA):
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
    yield from LATER


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
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the old one knows another file there
    multiprocessing.process.ORIGINAL_DIR = wanted["folder"]  # type: ignore[attr-defined]
    sys.argv = [command, *wanted["arguments"]]
    runpy.run_path(command, run_name="__main__")


def main(command: str, descriptor: str) -> None:
    """Import, and serve."""
    sys.path[0] = str(Path(command).parent)
    for name in dict.fromkeys(imported()):
        with suppress(ModuleNotFoundError):  # a function or a class
            importlib.import_module(name)
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "threads do not come along into a child"
    gc.collect()
    gc.freeze()
    wanted = wait_for_a_run(socket.socket(fileno=int(descriptor)))
    if wanted is not None:
        become(command, wanted)


if __name__ == "__main__":
    main(*sys.argv[1:])
