"""The summary in Markdown: to a CommonMark parser, text of peers is code and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hostile_words import HOSTILE, card, failed, words
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tallied import tallied

from probe.judge.findings import NAMED, Finding
from probe.report.ci.content import CiContent
from probe.report.ci.markdown import cell, code, markdown

PARSER = MarkdownIt("commonmark").enable("table")
OURS = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "bullet_list_open",
    "bullet_list_close", "list_item_open", "list_item_close", "table_open", "table_close", "thead_open", "thead_close",
    "tbody_open", "tbody_close", "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close", "text",
    "code_inline", "strong_open", "strong_close",
}  # fmt: skip
"""The tokens of our summaries: no link, image or HTML, and no emphasis but ours."""


def tokens(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def summary(said: str) -> str:
    full = card(said)
    full.classifiers = {said: tallied({}, {said: {}}).classifiers[said]}
    return markdown(CiContent(full, [failed(said), Finding("recipients = 10", True, "recipients = 10")]))  # noqa: FBT003


def shape(text: str) -> list[str]:
    return [token.type for token in tokens(text)]


@given(words)
def test_whatever_peers_send_the_summary_has_the_shape_of_a_plain_one(said: str) -> None:
    assert shape(summary(said)) == shape(summary("plain"))
    assert set(shape(summary(said))) <= OURS


@given(words)
def test_text_of_peers_is_always_inside_code(said: str) -> None:
    outside = [token.content for token in tokens(summary(said)) if token.type == "text"]
    assert outside == [token.content for token in tokens(summary("plain")) if token.type == "text"]


@given(words)
def test_a_code_span_is_one_code_span(text: str) -> None:
    (paragraph,) = (token for token in PARSER.parse(f"x{code(text)}x") if token.type == "inline")
    assert [token.type for token in paragraph.children or ()] == ["text", "code_inline", "text"]


@given(words)
def test_a_cell_is_one_cell(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| {cell(text)} | {cell(text)} |\n"
    assert [token.type for token in tokens(table)].count("td_open") == 2
    assert [token.type for token in tokens(table)].count("code_inline") == 2


@pytest.mark.parametrize("text", ["550 5.1.1 no such user", "a@b.example", "a `b` c", "`", "a|b\\"])
def test_code_shows_ordinary_words_as_they_are(text: str) -> None:
    (paragraph,) = (token for token in PARSER.parse(code(text)) if token.type == "inline")
    assert paragraph.children is not None
    assert [token.content for token in paragraph.children] == [text]


def test_the_summary_comes_first_then_gates_then_classifiers_then_recipients() -> None:
    lines = summary("mine").splitlines()
    wanted = [
        "### `mine`: 1 of 2 FAILED",
        "- Of 0 recipients, 0 received the message.",
        "| `classifiers.mine = 2` | **FAILED** |",
    ]
    wanted += ["| `recipients = 10` | passed |", "| `mine` | 0 | 0.0% to 100.0% | 0 | 0.0% to 100.0% |"]
    wanted += ["`classifiers.mine = 2`:", "- `1 alive, suppressed`", "- `alive, suppressed: news/mine: mine (mine)`"]
    assert [lines.index(line) for line in wanted] == sorted(lines.index(line) for line in wanted)


def test_a_run_that_passed_says_so_in_its_heading() -> None:
    passed = Finding("recipients = 10", True, "recipients = 10")  # noqa: FBT003
    assert markdown(CiContent(card(), [passed])).startswith("### `small`: passed\n")
    assert markdown(CiContent(card(), [])).startswith("### `small`: no gates\n")


def test_an_incomplete_run_says_so() -> None:
    broken = card()
    broken.complete = False
    assert "**This run is incomplete: it stopped before every recipient had a final result.**" in markdown(
        CiContent(broken, [])
    )


def test_a_long_list_and_long_words_are_cut() -> None:
    text = markdown(CiContent(card(), [failed("x" * 10_000, count=NAMED + 3)]))
    assert "- `and 3 more`\n" in text
    assert max(map(len, text.splitlines())) < 1000


@pytest.mark.parametrize("said", HOSTILE, ids=repr)
def test_no_line_is_a_command_to_a_runner(said: str) -> None:
    assert not any(line.lstrip().startswith("::") for line in summary(said).splitlines())
