"""The laws by which books are whole: no row is missing, none is there twice, and every delivery has come to an end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from probe.records.rows import OwnedRows

FINAL: Final = "final"
"""Beside the number of rows of each table: how many deliveries of a lane came to an end."""
_OF_GATEWAYS: Final = ("truth", "report", "engagement", "mailbox")
_NUMBERED: Final = {"attempt": True, "returned": True, "probe": True, "truth": False, "engagement": False}
"""Tables whose rows are numbered from 1, and whether a real server leaves that so. A report may be posted twice."""
_NOTHING: Final = OwnedRows(0, 0, 0)


class FinishedLane(NamedTuple):
    """A lane with its gateways, the number of its planned deliveries, and of those that an attempt tells of.

    ``written`` is how many rows were written for it, by table, as was noted when it was finished; None without a note.
    """

    name: str
    gateways: tuple[str, ...]
    planned: int
    tried: int
    written: Mapping[str, int] | None


def broken_laws(
    lanes: Iterable[FinishedLane], rows: Mapping[str, Mapping[str, OwnedRows]], *, foreign: bool
) -> Iterator[str]:
    """Yield a sentence for each law that the books break.

    ``rows`` are those in the books, by table and then by lane or gateway. With ``foreign`` servers, gateways of ours
    begin anew when a run is resumed, so their numbers do, too.
    """
    for lane in lanes:
        if lane.written is None:
            yield f"lane {lane.name} has not noted its end"
            continue
        if lane.tried != lane.planned:
            yield f"lane {lane.name} has attempts at {lane.tried} of {lane.planned} deliveries"
        ended = lane.written.get(FINAL, lane.planned)
        if ended != lane.planned:
            yield f"lane {lane.name} has ended {ended} of {lane.planned} deliveries"
        for table, owners in rows.items():
            there = [(name, owners.get(name, _NOTHING)) for name in _owners(table, lane)]
            count, written = sum(each.number for _, each in there), lane.written.get(table, 0)
            if count != written:
                yield f"lane {lane.name} has {count} rows of table {table}, and has written {written}"
            if table in _NUMBERED and (_NUMBERED[table] or not foreign):
                yield from (f"the rows of {name} in table {table} have gaps" for name, each in there if _gaps(each))


def _owners(table: str, lane: FinishedLane) -> tuple[str, ...]:
    return lane.gateways if table in _OF_GATEWAYS else (lane.name,)


def _gaps(rows: OwnedRows) -> bool:
    """Whether the numbers are not those from 1 to the number of rows."""
    return rows.last != rows.number or rows.total != rows.number * (rows.number + 1) // 2
