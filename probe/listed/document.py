"""A look as a document of JSON, and in sentences. Its JSON Schema is made from these models."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from pydantic import Field, TypeAdapter

from probe.diagnose.document import DRAFT, Closed
from probe.listed.answer import Fault, State
from probe.listed.changes import Change
from probe.listed.look import Entry, Look
from probe.listed.posture.finding import Grade

SCHEMA: Final = 1


class ShownEntry(Closed):
    """What a list says about an address or a domain."""

    subject: str
    zone: str
    state: State
    codes: list[str]
    """The answers of the list."""
    means: list[str]
    """What the answers mean, as the list documents them."""
    reason: str
    """The list's own text about the entry."""
    fault: Fault | None
    """Why nothing is known."""


class ShownList(Closed):
    """A list that was asked."""

    zone: str
    name: str
    why: str
    """Who lists, and why."""
    leave: str
    """Where to look an entry up, and to ask for its removal."""
    source: str
    fault: Fault | None
    """What is wrong with the list, or with the way to it."""


class ShownDeath(Closed):
    """A list that was not asked, because it is dead."""

    zone: str
    since: str
    source: str


class ShownFinding(Closed):
    """A check of the sender's own records."""

    subject: str
    check: str
    grade: Grade
    says: str


class Counts(Closed):
    """How many entries and checks there are of each kind."""

    listed: int
    not_listed: int
    unknown: int
    wrong: int
    """Checks that found what receivers refuse or junk mail for."""
    unknown_checks: int


class ShownLook(Closed):
    """Everything that a look found."""

    schema_: Literal[1] = Field(SCHEMA, alias="schema")
    at: str
    """When the look began, in UTC."""
    resolver: str
    entries: list[ShownEntry]
    lists: list[ShownList]
    dead: list[ShownDeath]
    posture: list[ShownFinding]
    summary: Counts


def counts(look: Look) -> Counts:
    """Return what a look comes to."""
    return Counts(
        listed=len(look.entries(State.LISTED)),
        not_listed=len(look.entries(State.NOT_LISTED)),
        unknown=len(look.entries(State.UNKNOWN)),
        wrong=sum(each.grade is Grade.WRONG for each in look.posture),
        unknown_checks=sum(each.grade is Grade.UNKNOWN for each in look.posture),
    )


def as_document(look: Look) -> dict[str, Any]:
    """Return a look as the JSON that ``--json`` prints."""
    shown = ShownLook(
        at=moment(look.at),
        resolver=look.resolver,
        entries=[_shown(entry) for each in look.lists for entry in each.entries],
        lists=[
            ShownList(
                zone=each.blocklist.zone,
                name=each.blocklist.name,
                why=each.blocklist.why,
                leave=each.blocklist.leave,
                source=each.blocklist.source,
                fault=each.fault,
            )
            for each in look.lists
        ],
        dead=[ShownDeath(zone=each.zone, since=each.since, source=each.source) for each in look.dead],
        posture=[ShownFinding(**each._asdict()) for each in look.posture],
        summary=counts(look),
    )
    return shown.model_dump(mode="json", by_alias=True)


def _shown(entry: Entry) -> ShownEntry:
    decided = entry.decided
    return ShownEntry(
        subject=entry.subject.name,
        zone=entry.zone,
        state=decided.state,
        codes=list(decided.codes),
        means=list(decided.means),
        reason=entry.reason,
        fault=decided.fault,
    )


def schema() -> Mapping[str, Any]:
    """Return the JSON Schema of what ``fivefifty listed --json`` prints."""
    made = TypeAdapter(ShownLook).json_schema(mode="serialization")
    return {"$schema": DRAFT, "title": "fivefifty listed", **made}


def moment(at: float) -> str:
    """Return a time (seconds since the epoch) as UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class ShownChange(Closed):
    """A new state of an address or a domain on a list."""

    at: str
    subject: str
    zone: str
    state: State
    told: str
    """The answers and what they mean, or the fault for which nothing is known."""


def change_document(change: Change) -> dict[str, Any]:
    """Return a change as a line of ``--watch --json``."""
    subject, zone = change.place
    shown = ShownChange(at=moment(change.at), subject=subject, zone=zone, state=change.state, told=change.told)
    return shown.model_dump(mode="json")
