"""The lines under a failed gate: how many recipients it is about, and at which gateways they are."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from book_rows import attempt, truth

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.reading import Reading
from probe.judge.findings import concerned
from probe.judge.story import Key, Story, judged
from probe.testing.gate_failures import GATEWAYS, recipient_lines

GONE = Reading(Cause.USER_UNKNOWN)
KEPT = Reading(None)


def story(name: str, state: MailboxState, *, gateway: str = "acme") -> tuple[Key, Story]:
    heard = attempt(recipient=name, outcome="refused", code=550, enhanced="5.1.1", text="no\r\nsuch user")
    decided = truth(
        gateway=gateway, recipient=name, code=550, cause="content", claimed="user-unknown", honest=False, fate="refused"
    )
    return ("news", name), Story(Evidence(name, (heard,)), decided, state)


STORIES = dict([story("ann", MailboxState.PRESENT), story("bob", MailboxState.DEPARTED)])


def lines_of(figure: str, stories: Mapping[Key, Story], readings: Mapping[str, Mapping[Key, Reading]]) -> list[str]:
    """Return the lines about one figure."""
    return recipient_lines([figure], readings, judged(stories, readings))[figure]


@pytest.mark.parametrize(
    ("figure", "first_line"),
    [
        ("classifiers.mine.rightly_suppressed", "1 is gone, and kept by mine:"),
        ("classifiers.mine.wrongly_suppressed", "1 is alive, and suppressed by mine:"),
        ("classifiers.mine.causes.content.recall", "2 are truly content, and not by mine:"),
        ("classifiers.mine.causes.user-unknown.precision", "1 is user-unknown by mine, and not in truth:"),
        ("hard_bounce_rate", "2 are reported as hard bounces:"),
    ],
)
def test_the_lines_are_about_the_recipients_that_the_judge_chooses(figure: str, first_line: str) -> None:
    readings = {"mine": {("news", "ann"): GONE, ("news", "bob"): KEPT}, "code": dict.fromkeys(STORIES, GONE)}
    lines = lines_of(figure, STORIES, readings)
    assert lines[0] == first_line
    is_about = concerned(figure, readings).is_about
    assert lines[0].startswith(f"{sum(map(is_about, judged(STORIES, readings)))} ")


def test_an_example_shows_state_truth_and_reply_on_one_line() -> None:
    readings = {"code": dict.fromkeys(STORIES, GONE)}
    assert lines_of("classifiers.code.wrongly_suppressed", STORIES, readings)[1:] == [
        "  1 at acme, such as ann (present): refused for content, claimed as user-unknown: 550 5.1.1 'no such user'"
    ]


def test_gateways_with_most_recipients_come_first_and_the_others_are_counted() -> None:
    many = [story(f"p{number}", MailboxState.PRESENT, gateway=f"g{number // 2}") for number in range(13)]
    stories = dict(
        [*many, story("q", MailboxState.PRESENT, gateway="g6"), story("r", MailboxState.PRESENT, gateway="g6")]
    )
    lines = lines_of("recipients", stories, {"code": {}})
    assert lines[1].startswith("  3 at g6, such as p12 ")
    assert lines[-1] == f"  and more at {7 - GATEWAYS} other gateways"


def test_there_are_no_lines_without_recipients() -> None:
    assert lines_of("classifiers.code.missed_dead", {}, {"code": {}}) == []
