"""Whom the report lists, with what, and what it does where there is no room for all."""

from __future__ import annotations

import json

import pytest
from report_content import Person, content, gone, kept, lied

from probe.judge.report_counts import LIST_ALL_UP_TO
from probe.report.html import recipients as module
from probe.report.html.page import PageContent
from probe.report.html.recipients import LONGEST, MOST_LINES, RecipientList, list_recipients


def listed(made: PageContent) -> RecipientList:
    """List the recipients of a report."""
    return list_recipients(made.counts, made.dialogues)


def names(found: RecipientList) -> list[str]:
    """Return the local parts of those who are listed."""
    return [found.texts[row[0]].partition("@")[0] for row in found.rows]


def story_of(found: RecipientList, name: str) -> list[str]:
    """Return the lines about somebody."""
    row = found.rows[names(found).index(name)]
    return [each if isinstance(each, str) else found.texts[each] for each in row[7]]


def test_a_row_says_who_what_is_true_what_was_heard_and_who_is_wrong() -> None:
    found = listed(content([lied("bob")]))
    (row,) = found.rows
    assert [found.texts[each] for each in row[:6]] == [
        *("bob@acme.example", "news", "acme", "lied", "alive; velocity, claimed as user-unknown"),
        "550 5.1.1 no such user",
    ]
    assert [found.classifiers[each] for each in row[6]] == ["code", "text", "rules"]


def test_a_story_tells_attempts_truth_and_every_reading_with_its_reason() -> None:
    assert story_of(listed(content([lied("bob")], reason="too many at once")), "bob") == [
        "mailbox present",
        "2026-03-02 08:00:00.000",
        "attempt 1 of news (news.eml) from 127.10.0.1 to mx.acme.example [127.1.0.1]",
        "  refused at end-of-data: 550 5.1.1 no such user",
        "truth: refused for velocity by policy velocity, claimed as user-unknown",
        "code: suppress (wrong); user-unknown; enhanced status 5.1.1",
        story_of(listed(content([lied("bob")])), "bob")[6],
        "always-keep: keep (right); no cause; keeps every address",
        "rules: suppress (wrong); user-unknown, 20% alive; too many at once",
    ]


def test_dialogues_are_told_where_they_were_kept() -> None:
    found = listed(content([lied("bob")], dialogue=lambda _: "> EHLO me\n< 250 you"))
    assert story_of(found, "bob")[4:6] == ["    > EHLO me", "    < 250 you"]


def test_in_a_small_run_everybody_is_listed_and_in_a_large_one_those_of_interest() -> None:
    few = listed(content([Person("ann"), lied("bob")]))
    assert (names(few), few.is_everybody) == (["ann", "bob"], True)
    many = listed(content([*(Person(f"p{n}") for n in range(LIST_ALL_UP_TO)), lied("bob"), gone("cy"), kept("dee")]))
    assert (names(many), many.is_everybody, many.of_interest) == (["bob", "cy", "dee"], False, 3)


def test_the_list_is_in_the_order_of_the_campaign() -> None:
    people = [kept("dee", 1_772_438_403.0), lied("bob", 1_772_438_401.0), gone("cy", 1_772_438_401.0)]
    assert names(listed(content(people))) == ["bob", "cy", "dee"]


def test_what_does_not_find_room_is_left_out_and_rare_kinds_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OCTETS", 100_000)
    monkeypatch.setattr(module, "MOST_LIVING_OCTETS", 0)
    people = [*(lied(f"p{n}") for n in range(2000)), *(kept(f"k{n}") for n in range(5))]
    found = listed(content(people))
    assert found.of_interest == 2005
    assert 50 < found.listed < 1000
    assert {"k0", "k1", "k2", "k3", "k4"} <= set(names(found))
    sampled = [int(name[1:]) for name in names(found) if name.startswith("p")]
    assert max(sampled) - min(sampled) > 1800, "thinned out, not cut off"
    assert len(json.dumps([found.texts, found.rows])) < 110_000


def test_a_reply_without_end_is_cut_and_says_how_much_is_missing() -> None:
    found = listed(content([lied("bob", text="x" * 10_000)]))
    assert max(map(len, found.texts)) < LONGEST + 50
    assert any("more characters)" in text for text in found.texts)


def test_of_a_dialogue_without_end_the_beginning_is_told_and_the_readings_stay() -> None:
    found = story_of(listed(content([lied("bob")], dialogue=lambda _: "> NOOP\n" * 5000)), "bob")
    assert len(found) < MOST_LINES + 10
    assert f"... ({5003 - MOST_LINES:,} more lines)" in found
    assert found[-1].startswith("rules: suppress (wrong)")


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x00", "\u202e", "\u2028", "\x9b", "\u2066"])
def test_nothing_that_could_be_obeyed_is_in_a_text(hostile: str) -> None:
    said = f"a{hostile}b"
    texts = listed(content([lied("bob", text=f"so {said}")], reason=said, dialogue=lambda _: said)).texts
    assert all(text.isprintable() for text in texts)
    assert any("a?b" in text.replace("[2J", "") for text in texts)


def test_a_dialogue_is_asked_for_only_of_those_who_are_listed() -> None:
    asked: list[tuple[str, int]] = []

    def dialogue(each: tuple[str, int]) -> str:
        asked.append(each)
        return ""

    listed(content([*(Person(f"p{n}") for n in range(LIST_ALL_UP_TO)), lied("bob")], dialogue=dialogue))
    assert len(set(asked)) == 1


def unlisted(found: RecipientList) -> list[str]:
    """Return the local parts of the living who would be suppressed and are not in the list."""
    return [found.texts[row[0]].partition("@")[0] for row in found.living]


def test_of_the_living_who_would_be_suppressed_nobody_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (listed(content([lied("bob"), gone("cy")])).living, listed(content([lied("bob")])).living_left_out) == (
        [],
        0,
    )
    monkeypatch.setattr(module, "MOST_OCTETS", 100_000)
    people = [*(lied(f"p{n}") for n in range(2000)), *(gone(f"g{n}") for n in range(50)), kept("dee")]
    found = listed(content(people))
    assert sorted([*(name for name in names(found) if name.startswith("p")), *unlisted(found)]) == sorted(
        f"p{n}" for n in range(2000)
    )
    row = found.living[0]
    assert [found.texts[each] for each in row[1:5]] == [
        "news",
        "acme",
        "lied",
        "alive; velocity, claimed as user-unknown",
    ]
    assert [found.classifiers[each] for each in row[6]] == ["code", "text", "rules"]


def test_what_the_list_of_the_living_has_no_room_for_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OCTETS", 100_000)
    monkeypatch.setattr(module, "MOST_LIVING_OCTETS", 5_000)
    found = listed(content([lied(f"p{n}") for n in range(2000)]))
    assert found.listed + len(found.living) + found.living_left_out == 2000
    assert len(json.dumps([found.texts[row[0]] for row in found.living] + [*found.living])) < 6_000
