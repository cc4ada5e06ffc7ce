"""The page of a diagnosis as a text: the answer first, the path, and strangers' words as words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from diagnosed import DIALOGUE, TAKEN, diagnosed, gone, listed, undecided, waited
from diagnosing import RECIPIENT, REFUSAL, replied

from probe.diagnose.choice import Budget
from probe.diagnose.diagnosis import Diagnosis, Observed
from probe.diagnose.experiments.without_parts import without
from probe.diagnose.message_parts import Kind, Part
from probe.diagnose.reached import Reached, Unreached
from probe.report.html.diagnosis import diagnosis_page, page_without_refusal

HOSTILE = "</pre></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7 * 7 }}\x1b[31m\u202e"


class _Tags(HTMLParser):
    """Collects the names of elements and of their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in {"meta", "link", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("made", [listed, gone, undecided, waited], ids=["listed", "gone", "undecided", "waited"])
def test_a_page_is_well_formed_has_no_script_and_needs_nothing(made: Callable[[], Diagnosis]) -> None:
    text = diagnosis_page(made())
    read = _Tags(text)
    assert read.open == []
    assert read.tags & {"script", "img", "iframe", "object"} == set()
    assert "script-src 'none'" in unescape(text)
    assert re.findall(r'(?:href|src)="(?!#|data:)', text) == []


def test_the_verdict_stands_first_then_the_causes_then_the_experiments() -> None:
    text = diagnosis_page(listed())
    places = ("<h1", "ip-reputation (", "The mailbox is alive", "What to do:", 'id="causes"', 'id="experiments"')
    found = [text.index(each, text.index("<main>")) for each in places]
    assert found == sorted(found)


def test_a_node_has_its_question_its_change_its_reply_and_other_replies() -> None:
    text = diagnosis_page(listed())
    assert "<h3>Is another address of ours refused too?</h3>" in text
    assert "Changed: <bdi>from another of our IP addresses (127.10.0.2)</bdi>." in text
    assert '<strong class="good">accepted, at RCPT</strong>' in text
    assert "Other replies would have meant" in text
    assert "What spoke for it: <bdi>from another of our IP addresses (127.10.0.2): accepted, at RCPT" in text
    assert text.count('<div class="node">') == len(listed().steps) + 2


def test_the_letters_are_there_or_why_there_are_none() -> None:
    assert diagnosis_page(listed()).count('class="story letter"') == 3
    assert "There is no letter, because the mailbox is gone" in diagnosis_page(gone())


def test_without_experiments_the_path_is_the_refusal_and_the_verdict() -> None:
    text = diagnosis_page(diagnosed(lambda _: REFUSAL, Budget(experiments=0)))
    assert text.count('<div class="node">') == 2


def test_strangers_words_are_escaped_wherever_they_stand() -> None:
    hostile = replied(550, "5.1.1", f"User unknown {HOSTILE}")
    text = diagnosis_page(
        diagnosed(
            lambda name: TAKEN if name == "neighbour" else hostile,
            first=hostile,
            dialogue=f"{DIALOGUE}\n< 550 {HOSTILE}",
        )
    )
    read = _Tags(text)
    assert read.tags & {"script", "img"} == set()
    assert "onerror" not in read.attributes
    assert "49" not in text.partition("</style>")[2].partition("7 * 7")[0]
    assert not set("\x1b\u202e") & set(text)


def test_what_is_endless_is_cut() -> None:
    endless = replied(550, "5.1.1", "x" * 100_000)
    lines = "\n".join(["< 250-x"] * 100_000)
    assert len(diagnosis_page(diagnosed(lambda _: endless, first=endless, dialogue=lines))) < 200_000


@pytest.mark.parametrize("made", [Reached, Unreached])
def test_where_nothing_was_refused_the_page_says_so(made: type[Reached | Unreached]) -> None:
    observed = Observed(replied(250, "2.1.5", f"ok {HOSTILE}"), 0.0, f"> x\n< 250 {HOSTILE}")
    text = page_without_refusal(made(RECIPIENT, observed))
    assert _Tags(text).tags & {"script", "img"} == set()
    assert "ann@acme.example" in text.partition("<h1>")[2]
    assert "Dialogue" in text


def test_the_part_that_is_disliked_is_named() -> None:
    found = replace(listed(), disliked=(Part(Kind.PARAGRAPH, "Buy <now>", ()),))
    assert "Without the paragraph “Buy &lt;now&gt;”, the message was accepted." in diagnosis_page(found)


def test_a_step_that_looks_for_a_part_has_no_table_of_what_is_believed() -> None:
    found = listed()
    looked = found.steps[0]._replace(experiment=without(frozenset({0, 1})))
    text = diagnosis_page(replace(found, steps=(looked,)))
    assert "without 2 of the links, attachments and paragraphs" in text
    assert '<table class="shift">' not in text
