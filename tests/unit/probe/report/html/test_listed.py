"""The page of who was listed when, with a stranger's words in it."""

from __future__ import annotations

from hostile_words import HOSTILE
from looking import entry, look

from probe.judge.watched import SeenState, WatchScore
from probe.listed.answer import Fault, State
from probe.listed.changes import changes, latest
from probe.listed.posture.finding import Finding, Grade
from probe.report.html.listed import listed_page, watched_when


def test_the_page_shows_the_history_and_nothing_of_a_stranger_runs() -> None:
    clean = look(entry(State.NOT_LISTED), at=0.0)
    now = look(
        entry(State.LISTED, reason=" ".join(HOSTILE)),
        entry(State.UNKNOWN, Fault.VOLUME, name="192.0.2.2"),
        at=3600.0,
        posture=(Finding("acme.example", "dmarc", Grade.WRONG, " ".join(HOSTILE)),),
    )
    changed = changes({}, clean)
    changed += changes(latest(changed), now)
    page = listed_page(now, changed)
    assert "Who was listed when" in page
    assert 'class="listed" style="left: 99.60%; width: 0.40%"' in page
    assert 'class="unknown"' in page
    assert "<script" not in page
    assert "dmarc" in page


def test_a_look_without_a_history_is_a_page_too() -> None:
    found = look(entry(State.NOT_LISTED))
    assert "Who was listed when" not in listed_page(found, changes({}, found))


def test_a_run_that_watched_shows_listings_beside_refusals() -> None:
    seen = [SeenState("127.10.0.2", "a.example", "listed", 3600.0, 7200.0, "127.0.0.2: listed")]
    when = watched_when(WatchScore(looks=3, first_refused_s=14_400.0, seen=seen))
    (row,) = when.rows
    assert (row.bars[0].left, row.bars[0].width) == ("25.00", "25.00")
    assert when.marks == [("100.00", "first refusal, 4:00 h")]
    assert (when.begins, when.ends) == ("0:00 h", "4:00 h")
    assert watched_when(WatchScore()).rows == []
