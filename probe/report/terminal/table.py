"""Tables: with rules in a terminal, plain text in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

_DASHES: Final = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


def print_table(
    console: Console, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], text_columns: int = 1
) -> None:
    """Print a table with text in the first columns and numbers in the others.

    A heading may have several lines in a terminal; in a pipe it has one. Names may wrap, numbers never do.
    """
    lines = max(heading.count("\n") for heading in headings)
    drawn = Table(
        box=box.SIMPLE_HEAD if console.is_terminal else _DASHES, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0)
    )
    for number, heading in enumerate(headings):
        # Align short headings with the last line.
        tall = "\n" * (lines - heading.count("\n")) + heading
        shown = tall if console.is_terminal else heading.replace("\n", " ")
        if number < text_columns:
            drawn.add_column(shown, overflow="fold")
        else:
            drawn.add_column(shown, justify="right", no_wrap=True)
    for row in rows:
        drawn.add_row(*map(Text, row))
    if title:
        console.print(Text(title, style="bold"), soft_wrap=True)
    console.print(drawn)
