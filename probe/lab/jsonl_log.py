"""The optional log of a run (JSON Lines): every attempt and every decision, written when all has been sent.

It is written from the books, which know of no attempt that an interrupted run will make again.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from heapq import merge
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from fake_gateways.truth import Truth
from probe.ledger import Ledger
from probe.records.attempt import Attempt
from probe.user_files import writing

_ENCODE: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_BEGUN: Final = "log"
"""The note of the log that is being written: its path, and how large the file was before."""
_CHUNK: Final = 64 * 1024


def write_log(file: Path, ledger: Ledger) -> None:
    """Append the attempts and decisions of all lanes to a file. Raises InputError if it cannot be written.

    A last line that is not complete is cut off first. What an interrupted run has appended stays, and so do the lines
    that another run has appended since.
    """
    with writing(f"--log {file}"):
        if file.exists() and not file.is_file():
            with file.open("wb") as device:
                device.writelines(_lines(ledger))
            return
        with file.open("a+b") as log:
            path = str(file.resolve())
            begun: dict[str, int] = json.loads(ledger.note(_BEGUN) or "{}")
            size = log.seek(0, io.SEEK_END)
            whole = _whole_lines(log, size)
            begins = min(begun.get(path, whole), whole)
            ledger.note(_BEGUN, json.dumps({path: begins}))
            log.truncate(whole)
            log.seek(begins)
            log.writelines(_missing(log, _lines(ledger)))


def _missing(log: BinaryIO, lines: Iterator[bytes]) -> Iterator[bytes]:
    """Return the lines that do not follow in a file yet. The lines of a run are always the same."""
    following = next((line for line in lines if log.readline() != line), None)
    return iter(()) if following is None else chain([following], lines)


def _whole_lines(log: BinaryIO, size: int) -> int:
    """Return how many octets of a file are complete lines."""
    while size:
        begins = max(0, size - _CHUNK)
        log.seek(begins)
        newline = log.read(size - begins).rfind(b"\n")
        if newline >= 0:
            return begins + newline + 1
        size = begins
    return 0


def _lines(ledger: Ledger) -> Iterator[bytes]:
    """Yield the lines, lane by lane, each in the order of time. JSON escapes terminal control characters."""
    for lane in ledger.lanes():
        rows: list[Iterator[Truth | Attempt]] = [lane.truths_of(gateway) for gateway in lane.gateways]
        rows.append(row._replace(lane=lane.name) for row in lane.attempts())
        for row in merge(*rows, key=_ends):
            event = "truth" if isinstance(row, Truth) else "attempt"
            yield f"{_ENCODE({'event': event, **row._asdict()})}\n".encode("ascii")


def _ends(row: Truth | Attempt) -> float:
    return row.at if isinstance(row, Truth) else row.at + row.duration_s
