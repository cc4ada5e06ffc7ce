"""The tables of the books, one for each row class, with the same columns.

Gateways write the truth, the sender writes attempts; only the judge joins the two.
"""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Final, get_args, get_type_hints

from sqlalchemy import Boolean, Column, Float, Integer, MetaData, Table, Text

from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.records.attempt import Attempt
from probe.records.returned import Returned
from probe.records.rows import Classification, Intent, KnownGateway, KnownLane, Mailbox, Note, Planned, Transcript

_TYPES: Final = {int: Integer, float: Float, bool: Boolean, str: Text}
METADATA: Final = MetaData()


def _table(name: str, row: type[Any], key: tuple[str, ...] = ()) -> Table:
    columns = []
    for column, hint in get_type_hints(row).items():
        kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
        kind = next(each for each in kinds if each is not NoneType)
        columns.append(Column(column, _TYPES[kind](), nullable=NoneType in kinds, primary_key=column in key))
    return Table(name, METADATA, *columns)


# Most tables have no key: rows are added by the thousand.
TRUTH: Final = _table("truth", Truth)
ATTEMPT: Final = _table("attempt", Attempt)
REPORT: Final = _table("report", DeliveryReport)
MAILBOX: Final = _table("mailbox", Mailbox)
KNOWN_LANE: Final = _table("lane", KnownLane)
KNOWN_GATEWAY: Final = _table("gateway", KnownGateway)
PLANNED: Final = _table("planned", Planned)
RETURNED: Final = _table("returned", Returned)
ENGAGEMENT: Final = _table("engagement", Engagement)
INTENT: Final = _table("intent", Intent)
TRANSCRIPT: Final = _table("transcript", Transcript)
CLASSIFICATION: Final = _table("classification", Classification)
NOTE: Final = _table("note", Note, ("key",))

INDEXES: Final = (
    "attempt (lane, seq)",
    "returned (lane, seq)",
    "planned (lane)",
    "truth (gateway, seq)",
    "report (gateway, seq)",
    "engagement (gateway, seq)",
    "mailbox (gateway)",
    "mailbox (address)",
    "classification (classifier, lane)",
)
"""Made when the run is finished: a table that is written with its index is written five times slower."""
