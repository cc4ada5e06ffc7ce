"""Looks for what fivefifty never writes into books: after an error that such a change would explain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from operator import itemgetter
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_type_hints

from fake_gateways.people.directory import MailboxState
from fake_gateways.people.readers import Reaction
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause, Fate
from probe.input_error import InputError
from probe.ledger.database import Database
from probe.ledger.schema import CREATE, INDEX, TABLES
from probe.records.attempt import Failure, Outcome
from probe.records.returned import ReturnedKind

_STATEMENTS: Final = {*CREATE, *(each.replace("IF NOT EXISTS ", "") for each in INDEX)}
_STORED: Final[dict[type[Any], tuple[str, ...]]] = {
    int: ("integer",),
    float: ("real", "integer"),
    bool: ("integer",),
    str: ("text",),
    NoneType: ("null",),
}
_ADVICE: Final = ("suppress", "keep", "retest")
_WORDS: Final[dict[str, Iterable[str]]] = {
    "attempt.failure": Failure,
    "attempt.outcome": Outcome,
    "attempt.stage": Stage,
    "classification.advice": _ADVICE,
    "classification.cause": Cause,
    "engagement.kind": Reaction,
    "mailbox.state": MailboxState,
    "probe.failure": Failure,
    "probe.outcome": Outcome,
    "probe.stage": Stage,
    "returned.kind": ReturnedKind,
    "truth.cause": Cause,
    "truth.claimed": Cause,
    "truth.fate": Fate,
    "truth.stage": Stage,
}
"""Columns that hold only the words of an enumeration, or nothing."""
_CAUSES: Final = frozenset(map(str, Cause))
_NAMES: Final = {
    "attempt.lane": "lane.name",
    "diagnosis.lane": "lane.name",
    "probe.lane": "lane.name",
    "planned.lane": "lane.name",
    "truth.gateway": "gateway.name",
    "report.gateway": "gateway.name",
    "engagement.gateway": "gateway.name",
    "mailbox.gateway": "gateway.name",
}
"""Columns that hold only names of another table."""
_NOTES: Final = {
    "campaigns": list,
    "expect": dict,
    "foreign": list,
    "log": dict,
    "prices": dict,
    "seed": int,
    "unfinished": list,
}
"""Notes in JSON, with the type of each."""
_END_OF_TIME_S: Final = 2**37
"""Later times, in seconds since the epoch, have no date."""


def has_our_tables(database: Database) -> bool:
    """Return whether a database has the tables of books, and nothing else: no view, no trigger, no other column."""
    query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
    found = set(database.read(itemgetter(0), query))
    return found <= _STATEMENTS and found >= set(CREATE)


def has_notes(database: Database) -> bool:
    """Return whether a database has a table of notes, as books of every version have."""
    return any(database.read(bool, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'note'"))


def flaw_in(database: Database) -> str | None:
    """Return the first thing that fivefifty would never have written, None if there is none."""
    try:
        return next(_flaws(database), None)
    except InputError as error:
        return error.problem


def _flaws(database: Database) -> Iterator[str]:
    for row_type, table in TABLES.items():
        for column, hint in get_type_hints(row_type).items():
            kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
            for condition, *values in _never(f"{table}.{column}", kinds):
                where = condition.format(f'"{column}"')
                query = f"SELECT 1 FROM {table} WHERE {where} LIMIT 1"  # noqa: S608 - our names
                for _ in database.read(tuple, query, *values):
                    yield f"has in {table}.{column} what fivefifty never writes there"
    for key, text in database.read(tuple, "SELECT key, value FROM note"):
        if key in _NOTES and not _is_json(text, _NOTES[key]):
            yield f"has a note {key} that is not one"
    if not all(map(_are_causes, database.read(itemgetter(0), "SELECT DISTINCT causes FROM diagnosis"))):
        yield "has in diagnosis.causes what fivefifty never writes there"
    for found in database.read(itemgetter(0), "PRAGMA quick_check(1)"):
        if found != "ok":
            yield f"is damaged ({found})"


def _never(name: str, kinds: tuple[type[Any], ...]) -> Iterator[tuple[Any, ...]]:
    """Yield conditions that no row of ours fulfils, for one column, each with the values of its parameters."""
    stored = [each for kind in kinds for each in _STORED[kind]]
    yield "typeof({}) NOT IN (SELECT value FROM json_each(?))", json.dumps(stored)
    if kinds[0] is float:
        yield "{} NOT BETWEEN -?1 AND ?1", _END_OF_TIME_S
    if name in _WORDS:
        yield "{} NOT IN (SELECT value FROM json_each(?))", json.dumps(list(_WORDS[name]))
    if name in _NAMES:
        other, key = _NAMES[name].split(".")
        yield (f"{{}} NOT IN (SELECT {key} FROM {other})",)  # noqa: S608 - our names


def _are_causes(text: str) -> bool:
    weights = json.loads(text).items() if _is_json(text, dict) else [("", None)]
    return all(cause in _CAUSES and isinstance(weight, int | float) for cause, weight in weights)


def _is_json(text: str, kind: type[Any]) -> bool:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, kind) and (kind is not list or all(isinstance(each, str) for each in found))
