"""The tables of the books, one for each row class, with the same columns.

Gateways write the truth, the sender writes attempts; only the judge joins the two.
"""

from __future__ import annotations

import re
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_type_hints

from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.records.attempt import Attempt
from probe.records.returned import Returned
from probe.records.rows import (
    Classification,
    Diagnosis,
    Intent,
    KnownGateway,
    KnownLane,
    Mailbox,
    Note,
    Planned,
    Probe,
    Transcript,
)

TABLES: Final[dict[type[Any], str]] = {
    Truth: "truth",
    Attempt: "attempt",
    DeliveryReport: "report",
    Mailbox: "mailbox",
    KnownLane: "lane",
    KnownGateway: "gateway",
    Planned: "planned",
    Returned: "returned",
    Engagement: "engagement",
    Intent: "intent",
    Transcript: "transcript",
    Classification: "classification",
    Diagnosis: "diagnosis",
    Probe: "probe",
    Note: "note",
}
_KEYS: Final = {Note: "key"}
"""Most tables have no key: rows are added by the thousand."""
_TYPES: Final = {int: "INTEGER", float: "REAL", bool: "BOOLEAN", str: "TEXT"}
_INDEXES: Final = (
    "attempt (lane, seq)",
    "returned (lane, seq)",
    "truth (gateway, seq)",
    "report (gateway, seq)",
    "engagement (gateway, seq)",
    "mailbox (gateway)",
    "mailbox (address)",
    "classification (classifier, lane)",
    "diagnosis (lane)",
    "probe (lane, seq)",
    "transcript (lane, seq)",
)


def _table(row_type: type[Any]) -> str:
    """Return the statement that creates the table of a row type."""
    columns = []
    for name, hint in get_type_hints(row_type).items():
        kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
        kind = next(each for each in kinds if each is not NoneType)
        is_key = _KEYS.get(row_type) == name
        columns.append(f'"{name}" {_TYPES[kind]}{" NOT NULL" * (NoneType not in kinds)}{" PRIMARY KEY" * is_key}')
    return f"CREATE TABLE {TABLES[row_type]} ({', '.join(columns)})"


CREATE: Final = tuple(map(_table, TABLES))
_NAMES: Final = {f"{'_'.join(re.findall(r'[a-z]+', columns))}_index": columns for columns in _INDEXES}
INDEX: Final = tuple(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}" for name, columns in _NAMES.items())
"""Made when the run is finished: a table that is written with its index is written five times slower."""
DROP: Final = tuple(f"DROP INDEX IF EXISTS {name}" for name in _NAMES)
