"""The canonical form of the books, and their hash.

A part has the rows of one kind that belong to one gateway (decisions, delivery reports, engagements) or to one lane
(attempts, returned mail). It is a JSON object with its name and columns, then a JSON array for each row, one a line,
without durations and ports. The hash of the books is the SHA-256 of the list of the parts' SHA-256, in the format of
``sha256sum``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, Final

from pydantic_core import to_json

from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.records.attempt import Attempt
from probe.records.returned import Returned
from probe.records.rows import Probe

HASHED: Final[dict[type[Any], str]] = {
    Attempt: "attempt",
    Engagement: "engagement",
    Probe: "probe",
    DeliveryReport: "report",
    Returned: "returned",
    Truth: "truth",
}
"""The row types that have parts. The first column of each is the gateway or the lane, whose rows are one part."""
_NOT_HASHED: Final = {"peer_port", "local_port", "duration_s"}


def _kept(row_type: type[Any]) -> list[int]:
    # The first column is in the name of the part.
    return [place for place, name in enumerate(row_type._fields) if place and name not in _NOT_HASHED]


_COLUMNS: Final = {row_type: itemgetter(*_kept(row_type)) for row_type in HASHED}


def part_name(row_type: type[Any], owner: str) -> str:
    """Return the name of the part with the rows of a gateway or lane, such as ``truth/northwind``."""
    return f"{HASHED[row_type]}/{owner}"


def part_lines(row_type: type[Any], owner: str, rows: Iterable[Any]) -> Iterator[bytes]:
    """Yield the lines of a part whose rows are given in order."""
    yield _head(row_type, owner)
    columns = _COLUMNS[row_type]
    for row in rows:
        yield _line(columns(row))


def _line(values: Any) -> bytes:
    """Return a line. Characters that a terminal obeys or hides, such as U+009B and U+202E, are escaped."""
    line = to_json(values)
    if not line.isascii():
        line = _BEYOND_ASCII.sub(_escaped, line.decode()).encode()
    return line + b"\n"


_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]")


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return character if character.isprintable() else json.dumps(character)[1:-1]


def _head(row_type: type[Any], owner: str) -> bytes:
    return _line({"part": part_name(row_type, owner), "columns": _COLUMNS[row_type](row_type._fields)})


class PartHash:
    """The SHA-256 of one part, fed its rows in order while they are read for something else."""

    def __init__(self, row_type: type[Any], owner: str) -> None:
        self.name = part_name(row_type, owner)
        self._columns = _COLUMNS[row_type]
        self._hash = hashlib.sha256(_head(row_type, owner))
        self._update = self._hash.update

    def add(self, row: Any) -> None:
        """Add the next row."""
        self._update(_line(self._columns(row)))

    def hexdigest(self) -> str:
        """Return the hash of the rows so far, in hexadecimal."""
        return self._hash.hexdigest()


def hash_list(parts: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the list of parts, given the hash of each by its name. Parts without rows are not in it."""
    return (f"{parts[name]}  {name}\n" for name in sorted(parts))


def books_hash(parts: Mapping[str, str]) -> str:
    """Return the hash of the books, given the hash of each part by its name."""
    return hashlib.sha256("".join(hash_list(parts)).encode()).hexdigest()
