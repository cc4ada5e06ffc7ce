"""A look at blocklists as text: what is listed and where to ask for removal, what is unknown and why, the posture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.text import Text

from probe.harmless import clipped, harmless
from probe.listed.answer import FAULTS, State
from probe.listed.changes import Change
from probe.listed.document import moment
from probe.listed.look import Look
from probe.report.listed_words import change_sentence, unknown_zones, verdict
from probe.report.terminal.table import print_table

_MOST: Final = 100


def print_look(console: Console, look: Look) -> None:
    """Print a look. The first line is the verdict."""
    _print(console, verdict(look), "bold")
    listed = [
        (entry.subject.name, entry.zone, "; ".join(entry.decided.means), each.blocklist.leave)
        for each in look.lists
        for entry in each.entries
        if entry.decided.state is State.LISTED
    ]
    if listed:
        console.print()
        _left(console, ("listed", "by", "why", "where to ask for removal"), listed)
        for entry in look.entries(State.LISTED):
            if entry.reason:
                _print(console, f"{entry.zone} about {entry.subject.name}: {clipped(entry.reason, _MOST)}")
    unknown = unknown_zones(look)
    if unknown:
        console.print()
        _left(
            console,
            ("unknown at", "because"),
            [(zone, FAULTS[fault]) for fault, zones in unknown.items() for zone in zones],
        )
    for each in look.dead:
        _print(console, f"{each.zone} was not asked: dead since {each.since} ({each.source})")
    if look.posture:
        console.print()
        rows = [(each.subject, each.check, each.grade.value, each.says) for each in look.posture]
        _left(console, ("sender", "check", "is", "found"), rows)


def print_changes(console: Console, changed: Iterable[Change]) -> None:
    """Print changes, a line for each."""
    for each in changed:
        _print(console, f"{moment(each.at)} {change_sentence(each)}")


def _left(console: Console, headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    print_table(console, "", headings, [tuple(map(harmless, row)) for row in rows], text_columns=len(headings))


def _print(console: Console, line: str, style: str = "") -> None:
    console.print(Text(harmless(line), style=style), soft_wrap=True)
