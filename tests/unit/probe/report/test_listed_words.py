"""The sentences about a look."""

from __future__ import annotations

from looking import entry, look

from probe.listed.answer import Fault, State
from probe.listed.changes import Change, Place
from probe.listed.posture.finding import Finding, Grade
from probe.report.listed_words import change_sentence, unknown_zones, verdict

PLACE = Place("192.0.2.1", "bl.example.org")


def test_the_verdict_never_says_clean_where_something_is_unknown() -> None:
    assert verdict(look(entry(State.NOT_LISTED))) == "no listing found, 1 not listed (asked 127.0.0.1:53)"
    unknown = look(entry(State.UNKNOWN, Fault.DEAD), posture=(Finding("x", "spf", Grade.WRONG, ""),))
    assert verdict(unknown) == (
        "no listing found, 0 not listed, 1 unknown, 1 record of the sender is wrong (asked 127.0.0.1:53)"
    )
    assert verdict(look(entry(State.LISTED), entry(State.LISTED))).startswith("2 listings, 0 not listed (")


def test_what_is_unknown_is_told_by_its_reason() -> None:
    found = look(entry(State.UNKNOWN, Fault.DEAD), entry(State.UNKNOWN, Fault.DEAD), entry(State.LISTED))
    assert unknown_zones(found) == {Fault.DEAD: ["bl.example.org"]}


def test_a_change_is_one_sentence() -> None:
    assert change_sentence(Change(0.0, PLACE, State.LISTED, "127.0.0.2: listed")) == (
        "192.0.2.1 is listed by bl.example.org (127.0.0.2: listed)"
    )
    assert change_sentence(Change(0.0, PLACE, State.NOT_LISTED)) == "192.0.2.1 is not listed by bl.example.org"
    assert "did not answer in time" in change_sentence(Change(0.0, PLACE, State.UNKNOWN, "time-out"))
    assert "unknown, odd" in change_sentence(Change(0.0, PLACE, State.UNKNOWN, "odd"))
