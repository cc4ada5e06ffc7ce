"""PowerMTA's accounting file: CSV whose first line names the columns (PowerMTA User's Guide, "The Accounting File")."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, Kind, Line
from probe.intake.lines import bounded, bracketed, capped, read_moment, read_reply

_KINDS: Final = {
    "d": Kind.DELIVERED,
    "b": Kind.REFUSED,
    "t": Kind.DEFERRED,
    "rb": Kind.BOUNCED_LATER,
    "f": Kind.COMPLAINT,
}
"""Record types that are about a recipient: delivered, bounced, transient, remote bounce, feedback."""
_PASSED_OVER: Final = {"r", "rs", "tq", "p", "i"}
"""Received, remote status, queue events and such."""


def read(lines: Iterable[Line]) -> Iterator[Event | BadLine]:
    """Yield an event for every record about a recipient; the columns may stand in any order."""
    columns: list[str] = []
    for line in bounded(lines):
        if isinstance(line, BadLine):
            yield line
            continue
        if not line.text.strip():
            continue
        try:
            cells = next(csv.reader([line.text.replace("\0", "")]), [])
        except csv.Error as error:
            yield BadLine(line.number, f"is no CSV ({error})")
            continue
        if "type" in cells and "rcpt" in cells:
            columns = cells  # a header comes at the beginning of every file, and files are often put together
            continue
        if not columns:
            yield BadLine(line.number, "comes before the line that names the columns")
            continue
        yield from _events(line.number, dict(zip(columns, cells, strict=False)))


def _events(number: int, row: dict[str, str]) -> Iterator[Event | BadLine]:
    kind = row.get("type", "")
    if kind in _PASSED_OVER:
        return
    recipient = row.get("rcpt", "")
    if kind not in _KINDS or not recipient:
        yield BadLine(number, f"has the type {kind[:20]!r}" if kind not in _KINDS else "has no recipient")
        return
    said = row.get("dsnDiag", "").removeprefix("smtp;")
    status = row.get("dsnStatus", "").split(" ")[0]
    code, enhanced = read_reply(said)
    mta = row.get("dsnMta", "")
    yield Event(
        _KINDS[kind],
        recipient,
        read_moment(row.get("timeLogged", "")),
        bracketed(row.get("header_Message-Id", "") or row.get("header_Message-ID", "")),
        row.get("orig", ""),
        campaign=row.get("jobId", ""),
        local_address=row.get("dlvSourceIp", ""),
        mx=mta.split(" (")[0],
        code=code,
        enhanced=enhanced or status or None,
        text=capped(said.strip()),
        label=row.get("bounceCat", ""),
    )
