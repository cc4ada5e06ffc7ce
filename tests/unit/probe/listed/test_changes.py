"""Only what changes is told, and who was listed when can be seen from it."""

from __future__ import annotations

from looking import entry, look

from probe.listed.answer import Fault, State
from probe.listed.changes import Place, changes, is_news, latest, spans, worth_telling

PLACE = Place("192.0.2.1", "bl.example.org")


def test_the_first_look_tells_everything_and_the_next_only_what_changed() -> None:
    clean, dirty = look(entry(State.NOT_LISTED), at=0.0), look(entry(State.LISTED), at=60.0)
    first = changes({}, clean)
    assert [each.state for each in first] == [State.NOT_LISTED]
    assert changes(latest(first), look(entry(State.NOT_LISTED), at=30.0)) == []
    (second,) = changes(latest(first), dirty)
    assert (second.at, second.place, second.state, second.told) == (60.0, PLACE, State.LISTED, "127.0.0.2: listed")


def test_the_history_is_in_spans() -> None:
    known = changes({}, look(entry(State.NOT_LISTED), at=0.0))
    known += changes(latest(known), look(entry(State.LISTED), at=60.0))
    known += changes(latest(known), look(entry(State.UNKNOWN, Fault.TIME_OUT), at=90.0))
    assert [(each.state, each.since, each.until) for each in spans(known, 120.0)[PLACE]] == [
        (State.NOT_LISTED, 0.0, 60.0),
        (State.LISTED, 60.0, 90.0),
        (State.UNKNOWN, 90.0, 120.0),
    ]


def test_an_entry_that_begins_ends_or_is_no_longer_known_is_news() -> None:
    (clean,) = changes({}, look(entry(State.NOT_LISTED)))
    (dirty,) = changes({}, look(entry(State.LISTED)))
    (unknown,) = changes({}, look(entry(State.UNKNOWN, Fault.DEAD)))
    assert unknown.told == Fault.DEAD
    assert not is_news(clean, {})
    assert not is_news(unknown, {PLACE: clean})
    assert not is_news(clean, {PLACE: unknown})
    assert is_news(dirty, {})
    assert is_news(dirty, {PLACE: unknown})
    assert is_news(clean, {PLACE: dirty})
    assert is_news(unknown, {PLACE: dirty})
    assert not is_news(dirty, {PLACE: dirty})


def test_that_most_are_not_listed_at_first_is_not_worth_telling() -> None:
    first = changes({}, look(entry(State.NOT_LISTED), entry(State.UNKNOWN, Fault.DEAD, name="192.0.2.2")))
    later = changes(latest(first), look(entry(State.LISTED), at=60.0))
    ended = changes(latest([*first, *later]), look(entry(State.NOT_LISTED), at=90.0))
    told = worth_telling([*first, *later, *ended])
    assert [each.state for each in told] == [State.UNKNOWN, State.LISTED, State.NOT_LISTED]
