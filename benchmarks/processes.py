"""Runs commands and measures them: wall time, CPU and peak memory of a command with all the processes it starts.

Memory is the proportional set size (PSS) of all processes together, so that what they share counts once. To read it the
kernel walks through all pages while the process waits, so it is read only when the resident memory has grown by 2 %.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from figures import Figures

PAUSE_S: Final = 0.1
GROWTH: Final = 1.02
PATIENCE_S: Final = 60.0
TICKS: Final = os.sysconf("SC_CLK_TCK")


def run(command: Sequence[object], *, beside: Sequence[int] = ()) -> Figures:
    """Run a command to its end. ``beside`` are processes that worked for it, which count from its start to its end.

    Raises RuntimeError with what it said if it fails.
    """
    before = sum(map(_cpu_s, beside))
    began = time.perf_counter()
    with _started(command, stderr=subprocess.PIPE) as process:
        sampler = _Sampler([process.pid, *beside])
        sampler.start()
        stderr = process.stderr.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        sampler.stop()
    if process.returncode != 0:
        raise RuntimeError(f"{Path(process.args[0]).name} ended with {process.returncode}: {stderr.strip()}")
    cpu_s = used.ru_utime + used.ru_stime + sum(map(_cpu_s, beside)) - before
    return Figures(wall_s, cpu_s, sampler.peak_mb)


def _started(command: Sequence[object], *, stderr: int | None = None) -> subprocess.Popen[bytes]:
    words = [str(word) for word in command]
    try:
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr)
    except FileNotFoundError:
        raise RuntimeError(f"{words[0]} is not installed") from None


class _Sampler(threading.Thread):
    """Looks at the memory of some processes and their descendants until it is stopped."""

    def __init__(self, roots: Sequence[int]) -> None:
        super().__init__()
        self.peak_mb = 0.0
        self._roots = roots
        self._ended = threading.Event()

    def run(self) -> None:
        """Look, again and again."""
        most = 0
        while True:
            processes = _with_descendants(self._roots)
            resident = sum(map(_resident_pages, processes))
            if resident > most * GROWTH:
                most = resident
                self.peak_mb = max(self.peak_mb, sum(map(_pss_mb, processes)))
            if self._ended.wait(PAUSE_S):
                return

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        self.join()


def _with_descendants(roots: Sequence[int]) -> list[int]:
    children = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(folder.name))
        if fields:
            children[int(fields[1])].append(int(folder.name))
    found = list(roots)
    for process in found:
        found += children[process]
    return found


def _cpu_s(process: int) -> float:
    """Return the CPU seconds of a process and of those children that have ended."""
    return sum(map(int, _stat(process)[11:15])) / TICKS


def _stat(process: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on."""
    return _text(process, "stat").rpartition(")")[2].split()


def _resident_pages(process: int) -> int:
    return sum(map(int, _text(process, "statm").split()[1:2]))


def memory_mb(process: int) -> float:
    """Return the memory of a process now."""
    return _pss_mb(process)


def _pss_mb(process: int) -> float:
    lines = _text(process, "smaps_rollup").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _text(process: int, file: str) -> str:
    """Return what the kernel says of a process; nothing if it has ended."""
    try:
        return Path(f"/proc/{process}/{file}").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""


@contextmanager
def server(command: Sequence[object], address: str, port: int) -> Iterator[int]:
    """Run a server while the block lasts, from when it listens until Ctrl-C has ended it; give its process id."""
    with _started(command) as process:
        try:
            _wait_for(process, address, port)
            yield process.pid
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(process: subprocess.Popen[bytes], address: str, port: int) -> None:
    latest = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < latest:
        with socket.socket() as client:
            if client.connect_ex((address, port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens at {address} port {port}")


def free_port() -> int:
    """Return a port that no address of this machine uses at the moment."""
    with socket.socket() as stream:
        stream.bind(("0.0.0.0", 0))  # noqa: S104 - it is closed again at once
        port: int = stream.getsockname()[1]
        return port
