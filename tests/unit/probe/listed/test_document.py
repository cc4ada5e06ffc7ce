"""A look as JSON keeps to its schema."""

from __future__ import annotations

import json

from looking import entry, look

from probe.listed.answer import Fault, State
from probe.listed.changes import changes
from probe.listed.document import as_document, change_document, counts, moment, schema
from probe.listed.lists import shipped
from probe.listed.posture.finding import Finding, Grade

LOOK = look(
    entry(State.LISTED, reason="seen"),
    entry(State.NOT_LISTED, name="192.0.2.2"),
    entry(State.UNKNOWN, Fault.VOLUME, name="192.0.2.3"),
    posture=(Finding("a.example", "spf", Grade.WRONG, "x"), Finding("a.example", "dmarc", Grade.UNKNOWN, "x")),
    dead=shipped().dead[:1],
)


def test_a_look_is_counted() -> None:
    found = counts(LOOK)
    assert (found.listed, found.not_listed, found.unknown, found.wrong, found.unknown_checks) == (1, 1, 1, 1, 1)


def test_the_document_has_what_the_schema_asks_for() -> None:
    document = as_document(LOOK)
    assert json.loads(json.dumps(document)) == document
    assert set(document) == set(schema()["properties"]) == {*schema()["required"], "schema"}
    assert (document["schema"], document["at"]) == (1, "1970-01-01T00:00:00Z")
    assert [each["state"] for each in document["entries"]] == ["listed", "not-listed", "unknown"]
    assert document["entries"][2]["fault"] == "volume"
    assert document["dead"][0]["zone"] == "sorbs.net"


def test_a_change_is_one_object() -> None:
    assert change_document(changes({}, LOOK)[0]) == {
        "at": moment(0.0),
        "subject": "192.0.2.1",
        "zone": "bl.example.org",
        "state": "listed",
        "told": "127.0.0.2: listed",
    }
