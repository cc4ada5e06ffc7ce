"""Makes every report of books in which strangers say hostile words."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Final

from rich.console import Console

from probe.judge import gates
from probe.lab.gates import expected, readers
from probe.lab.judge_run import judge_run
from probe.lab.prepare import prepare
from probe.ledger import FILE, Ledger
from probe.report.ci import FORMATS
from probe.report.ci.annotations import annotations_of, workflow_commands
from probe.report.ci.content import CiContent
from probe.report.html.page_file import write_report
from probe.report.recipient_story import recipient_story
from probe.report.terminal.run import print_answer
from probe.scenario.load import Loaded
from simulation.laws.classifiers import classifiers_of

WORDS: Final = (
    "\x1b[31mred\x1b]0;title\x07",
    "</script><script>window.owned = 1</script>",
    "<img src=x onerror='window.owned = 1'>\"'><b id=owned>",
    "\n::error file=x::owned",
    "##vso[task.setvariable variable=owned]1",
    "##teamcity[owned]",
    "\u202egnol\u2066\u200f",
    "\x9b31m\x85\x00\x7f",
    "{{ 7 * 7 }} {% raw %} ${{ secrets.X }}",
    "]]><!-- --> &lt;owned&gt; &#27;",
    "| `a` | [link](javascript:owned) | **b** |\n# owned",
    "\u2028\u2029\ufeff",
)
"""The word ``owned`` is where a report would obey, not show."""
_MOST_SHOWN: Final = 20
_COLUMNS: Final = {"attempt": ("text", "greeting"), "truth": ("text",), "returned": ("text",), "probe": ("text",)}


def hostile_reports(loaded: Loaded, books: Path, folder: Path, seed: str) -> dict[str, str]:
    """Return every report of a copy of books, by name, after strangers have added hostile words to all replies."""
    shutil.copytree(books, folder)
    _spoil(folder / FILE, random.Random(f"hostile:{seed}"))
    classifiers = readers(loaded, classifiers_of(loaded))
    failing = [
        gates.from_text(f"classifiers.{each.name}.{figure} <= -1")
        for each in classifiers
        for figure in ("wrongly_suppressed", "missed_dead")
    ]
    result = judge_run(folder, classifiers, bound=expected(prepare(loaded), classifiers, failing), workers=1)
    result.write(folder)
    findings = result.findings()
    content = CiContent(result.scorecard, findings, list(annotations_of(findings, "world.toml", str)))
    console = Console(file=StringIO(), width=100, force_terminal=False)
    print_answer(console, result.scorecard, findings, "runs/world")
    with Ledger.open(folder) as ledger:
        shown = sorted({row.recipient for row in ledger.attempts()})[:_MOST_SHOWN]
        stories = [line for recipient in shown for line in recipient_story(ledger, recipient)]
    return {
        "page": write_report(result, findings, folder).read_text("utf-8"),
        **{kind: make(content) for kind, make in FORMATS.items()},
        "annotations": "\n".join(workflow_commands(content.annotations)),
        "terminal": console.file.getvalue(),  # type: ignore[attr-defined]  # StringIO
        "stories": "\n".join(stories),
    }


def _spoil(file: Path, rng: random.Random) -> None:
    """Add hostile words to the replies in books: to each of them other ones."""
    with closing(sqlite3.connect(file)) as books, books:
        books.create_function("hostile", 0, lambda: "".join(rng.sample(WORDS, 4)))
        for table, columns in _COLUMNS.items():
            for column in columns:
                books.execute(f"UPDATE {table} SET {column} = {column} || hostile()")  # noqa: S608 - our names
        books.execute("UPDATE note SET value = value || hostile() WHERE key IN ('title', 'scenario')")
