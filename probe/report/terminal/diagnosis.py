"""A diagnosis as text: what was found and what to do, then the refusal and the experiments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from probe.diagnose.advice import ADVICE
from probe.diagnose.diagnosis import Diagnosis, Step
from probe.diagnose.document import said
from probe.diagnose.reply_kind import ALIKE, Answer
from probe.harmless import clipped, harmless
from probe.report.letter import disliked, letter_of, spoken
from probe.report.letter_words import letter_words
from probe.report.verdict import percent, spent, verdict_of

_MOST: Final = 60
_MOST_STEPS: Final = 3


def print_diagnosis(console: Console, diagnosis: Diagnosis) -> None:
    """Print a diagnosis. The first three lines are the verdict."""
    for line, style in zip(verdict_of(diagnosis), ("bold", "bold", ""), strict=True):
        _print(console, line, style)
    first = diagnosis.first
    when = f"{datetime.fromtimestamp(first.at, UTC):%Y-%m-%d %H:%M} UTC"
    _print(console, f"\n{diagnosis.recipient} was refused at {first.result.stage.value.upper()} on {when}:")
    _print(console, said(first), indent=4)
    console.print()
    if diagnosis.steps:
        console.print(_table(diagnosis))
    if not diagnosis.is_explained:
        for cause, weight in diagnosis.possible.items():
            advice = ADVICE[cause]
            _print(console, f"{cause}, {weight:.0%}: {advice.finding}")
            _print(console, f"{advice.remedy} {advice.help}", indent=4)
    for cause in diagnosis.possible:
        told = "; ".join(map(spoken, diagnosis.spoke_for(cause)[:_MOST_STEPS]))
        if told:
            _print(console, f"What spoke for {cause}: {told}.")
    if diagnosis.disliked:
        _print(console, disliked(diagnosis, letter_words("en")))
    _print(console, spent(diagnosis))
    if letter_of(diagnosis, "en").text:
        _print(console, "--letter en (or de, fr) prints a letter with this evidence.")


def print_sentences(console: Console, sentences: Iterable[str]) -> None:
    """Print sentences in which a server may be quoted."""
    for line in sentences:
        _print(console, line)


def _print(console: Console, line: str, style: str = "", indent: int = 0) -> None:
    """Print a line as it is: what a gateway said is no markup."""
    console.print(Padding(Text(harmless(line), style=style), (0, 0, 0, indent), expand=False))


def _table(diagnosis: Diagnosis) -> Table:
    table = Table(box=box.HORIZONTALS, pad_edge=False)
    table.add_column("experiment")
    table.add_column("reply", overflow="fold")
    table.add_column("then likeliest")
    table.add_column("alive", justify="right", no_wrap=True)
    for step in diagnosis.steps:
        cause, weight = next(iter(step.belief.causes().items()))
        cells = (step.experiment.question, _reply(step), f"{cause} {weight:.0%}", percent(step.belief.alive))
        table.add_row(*(each if isinstance(each, Text) else Text(each) for each in cells))
    return table


def _reply(step: Step) -> Text:
    if step.kind.startswith(Answer.TAKEN):
        return Text("accepted", style="green")
    if step.kind == ALIKE:
        return Text("the same")
    return Text(clipped(" ".join(said(step.observed).split()), _MOST))
