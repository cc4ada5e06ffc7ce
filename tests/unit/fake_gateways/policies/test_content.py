"""Points, thresholds and rules of the content filter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lone_gateway import session_view
from pydantic import ValidationError

from fake_gateways.policies.content import BUILT_IN, WHERE, Content, ContentSettings, Rule, Where
from fake_gateways.policies.message_parts import Parts
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Divert, Refuse

NOTHING = Parts("", "", "", "", "")


def rule(pattern: str, points: float = 1.0, where: Where = "subject") -> Rule:
    return Rule(where=where, pattern=pattern, points=points)


def filter_of(*rules: Rule) -> Content:
    return Content(ContentSettings(type="content", rules=rules))


@pytest.mark.parametrize("where", WHERE)
def test_a_rule_looks_at_its_own_part_only(where: Where) -> None:
    everywhere = Parts(**dict.fromkeys(WHERE, "a lottery"))
    assert filter_of(rule("lottery", where=where)).score(everywhere) == 1.0
    assert filter_of(rule("lottery", where=where)).score(replace(everywhere, **{where: "a minute"})) == 0.0


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("lottery", "LOTTERY", True),
        ("^lottery", "the\nlottery", True),
        ("lottery$", "lottery\nresults", True),
        ("^lottery$", "the lottery", False),
        ("one|two", "two", True),
        ("^one|two$", "a one two three", False),
        ("é", "É", True),
        ("a.b", "a\nb", False),
    ],
)
def test_a_pattern_is_searched_in_any_case_and_its_anchors_stand_at_lines(
    pattern: str,
    text: str,
    *,
    found: bool,
) -> None:
    assert filter_of(rule(pattern)).score(replace(NOTHING, subject=text)) == (1.0 if found else 0.0)


def test_points_add_up_and_each_rule_counts_once() -> None:
    scored = filter_of(rule("a", 1.5), rule("b", 2.0), rule("c", 4.0), rule("a", 0.25), rule("a", -1.0))
    assert scored.score(replace(NOTHING, subject="a a b")) == 2.75


def test_without_rules_or_text_there_are_no_points() -> None:
    assert filter_of().score(replace(NOTHING, subject="a")) == 0.0
    assert filter_of(rule("a*")).score(NOTHING) == 0.0


@pytest.mark.parametrize(
    ("points", "verdict"),
    [
        (3.9, None),
        (4.0, Divert(Fate.JUNK, Cause.CONTENT)),
        (6.9, Divert(Fate.JUNK, Cause.CONTENT)),
        (7.0, Refuse(Cause.CONTENT)),
        (100.0, Refuse(Cause.CONTENT)),
    ],
)
def test_thresholds_are_reached_at_their_very_value(points: float, verdict: Divert | Refuse | None) -> None:
    settings = ContentSettings(type="content", refuse_at=7.0, junk_at=4.0, rules=(rule("lottery", points),))
    view = session_view()
    view.content = b"Subject: The lottery\r\n\r\nHello\r\n"
    assert Content(settings).judge(view) == verdict


def test_nothing_is_junked_without_a_threshold_for_it() -> None:
    view = session_view()
    view.content = b"Subject: The lottery\r\n\r\nHello\r\n"
    assert filter_of(rule("lottery", 6.9)).judge(view) is None


@pytest.mark.parametrize("pattern", ["(", "a**", "[", r"(?=a)", r"(a)\1", "(?P<a>"])
def test_an_expression_that_re2_does_not_read_is_refused(pattern: str) -> None:
    with pytest.raises(ValidationError, match="is not a regular expression that RE2 can read"):
        rule(pattern)


def test_a_junk_threshold_above_the_refusing_one_is_refused() -> None:
    with pytest.raises(ValidationError, match="so no message would be junk"):
        ContentSettings(type="content", refuse_at=4.0, junk_at=5.0)


@pytest.mark.parametrize(
    ("where", "text", "points"),
    [
        ("subject", "Your free seat", 1.5),
        ("subject", "Freedom of movement", 0.0),
        ("subject", "Urgent: last chance!!", 3.0),
        ("words", "Click here to unsubscribe", 1.5),
        ("words", "save 20 % off", 1.0),
        ("words", "please verify your password", 2.5),
        ("links", "https://192.0.2.1/a", 2.5),
        ("links", "https://a.example/\nhttps://b.top/?utm_source=x", 3.0),
        ("attachments", "invoice.pdf\nrun.EXE\nread.me", 4.0),
        ("attachments", "notes.exe.txt", 0.0),
        ("markup", '<img src="a" width="1" height="1">', 1.5),
        ("markup", "<p style='display: none'>", 1.0),
        ("markup", "<form>", 3.0),
    ],
)
def test_the_built_in_rules_weigh_what_content_filters_weigh(where: str, text: str, points: float) -> None:
    assert Content(ContentSettings(type="content")).score(replace(NOTHING, **{where: text})) == points


def test_no_single_built_in_rule_refuses_a_message() -> None:
    settings = ContentSettings(type="content")
    assert all(0 < each.points < settings.refuse_at for each in BUILT_IN)
    assert {each.where for each in BUILT_IN} == set(WHERE)
