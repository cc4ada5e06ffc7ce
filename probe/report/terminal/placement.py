"""Prints where mail to seed mailboxes is: sentences, then a table by campaign, provider, IP address and content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from probe.harmless import harmless
from probe.placement.document import Found, Part
from probe.report.placement_words import sentences, took_words
from probe.report.summary import count
from probe.report.terminal.table import print_table

_MOST: Final = 20
_HEADINGS: Final = ("inbox", "95 %", "junk", "other", "missing", "not\nread", "seeds", "took")


def print_placement(console: Console, found: Found) -> None:
    """Print what was found."""
    for sentence in sentences(found):
        console.print(Text(harmless(sentence)), soft_wrap=True)
    is_lab = found.all.true_share is not None
    for title, parts in (
        ("campaign", found.campaigns),
        ("provider", found.providers),
        ("IP address", found.sources),
        ("content", found.variants),
    ):
        if len(parts) > 1 or (parts and title == "campaign"):
            shown = parts[-_MOST:]
            console.print()
            headings = [title, *_HEADINGS, *(["true\nshare"] if is_lab and title in {"campaign", "provider"} else [])]
            print_table(console, "", headings, [_row(each, len(headings)) for each in shown])
            if len(parts) > _MOST:
                console.print(f"The last {_MOST} of {count(len(parts), title)}; --json has all.")


def _row(part: Part, columns: int) -> Sequence[str]:
    row = (
        harmless(part.name),
        "unknown" if part.share is None else f"{part.share:.0%}",
        f"{part.low * 100:.0f}-{part.high:.0%}",
        f"{part.junk:,}",
        f"{part.other:,}",
        f"{part.missing:,}",
        f"{part.not_seen:,}",
        f"{part.seeds:,}",
        took_words(part),
        "" if part.true_share is None else f"{part.true_share:.1%}",
    )
    return row[:columns]
