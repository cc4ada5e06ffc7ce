"""What a user says about a log that the log does not say itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from probe.intake.event import EventKind
from probe.returned_mail.verp import Delimiters


class Hints(NamedTuple):
    """For tables: the column of each field, the kind of all rows, the order of day, month and year in dates.

    ``year`` is that of the first line, for logs whose times have none. ``verp`` is what the sender's return-paths have
    around the recipient, for mail that came back.
    """

    columns: Mapping[str, str] = MappingProxyType({})
    kind: EventKind | None = None
    dates: str | None = None
    year: int | None = None
    verp: Delimiters | None = None


NO_HINTS: Final = Hints()
