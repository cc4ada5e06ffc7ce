"""A diagnosis in a terminal: the verdict in the first lines, and words of a gateway as they are."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from diagnosed import diagnosed, gone, listed, undecided
from diagnosing import REFUSAL, replied
from rich.console import Console

from probe.diagnose.diagnosis import Diagnosis
from probe.diagnose.message_parts import Kind, Part
from probe.report.terminal.diagnosis import print_diagnosis
from probe.report.verdict import verdict_of


def printed(found: Diagnosis, width: int = 120, colours: str | None = None) -> str:
    """Print a diagnosis as in a terminal."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=width, color_system=colours)  # type: ignore[arg-type]
    print_diagnosis(console, found)
    return out.getvalue()


def test_the_first_three_lines_are_the_verdict() -> None:
    lines = [line.rstrip() for line in printed(listed(), 200).splitlines()]
    assert lines[:3] == [*verdict_of(listed())]
    assert "ann@acme.example was refused at RCPT on 2026-03-02 09:02 UTC:" in lines
    assert lines[-2].startswith("Spent: ")
    assert lines[-1] == "--letter en (or de, fr) prints a letter with this evidence."
    assert "--letter" not in printed(gone())


def test_what_spoke_for_a_cause_is_named() -> None:
    told = printed(listed(), 200)
    assert "What spoke for ip-reputation: from another of our IP addresses (127.10.0.2): accepted, at RCPT" in told


def test_a_reply_in_the_words_of_the_refusal_is_not_repeated() -> None:
    rows = [line for line in printed(listed(), 200).splitlines() if "Is a recipient that exists refused too?" in line]
    assert rows
    assert all("the same" in row and "550" not in row for row in rows)


def test_causes_that_are_not_told_apart_are_listed_with_what_to_do() -> None:
    told = printed(undecided())
    assert "You send too fast" not in told
    assert "greylisted, " in told
    assert "Try again after some minutes" in told


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    long = replied(550, "5.1.1", "x" * 300)
    found = diagnosed(lambda _: long, first=long)
    assert max(map(len, printed(found, width).splitlines())) <= width


def test_words_of_a_gateway_are_no_markup_and_no_control_characters() -> None:
    hostile = replied(550, "5.1.1", "[red]no[/] \x1b[31m \u202egnol [/foo]")
    told = printed(diagnosed(lambda name: hostile if name == "control" else REFUSAL, first=hostile))
    assert "[red]no[/] ?[31m ?gnol [/foo]" in told


def test_colours_only_where_there_are_some() -> None:
    assert "\x1b[32m" in printed(listed(), colours="standard")
    assert "\x1b[3" not in printed(listed())


def test_the_part_that_is_disliked_is_named() -> None:
    found = replace(listed(), disliked=(Part(Kind.SUBJECT, "[red]Buy", ()),))
    assert "Without the subject “[red]Buy”, the message was accepted." in printed(found)
