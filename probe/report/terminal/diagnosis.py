"""A diagnosis as text: the refusal, the experiments, what was found, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from probe.diagnose.advice import ADVICE
from probe.diagnose.choice import Stopped
from probe.diagnose.diagnosis import Diagnosis, Step
from probe.diagnose.document import said
from probe.diagnose.reply_kind import Answer
from probe.harmless import clipped, harmless
from probe.report.summary import count

_MOST: Final = 60
_WORTH_A_WORD: Final = 0.2


def print_diagnosis(console: Console, diagnosis: Diagnosis) -> None:
    """Print a diagnosis."""
    first = diagnosis.first
    when = f"{datetime.fromtimestamp(first.at, UTC):%Y-%m-%d %H:%M} UTC"
    stage = first.result.stage.value.upper()
    _print(console, f"{diagnosis.recipient} was refused at {stage} on {when}:")
    _print(console, f"    {said(first)}")
    if diagnosis.steps:
        console.print(_table(diagnosis))
    for line in conclusion(diagnosis):
        _print(console, line)


def print_sentences(console: Console, sentences: Iterable[str]) -> None:
    """Print sentences in which a server may be quoted."""
    for line in sentences:
        _print(console, line)


def conclusion(diagnosis: Diagnosis) -> list[str]:
    """Return what was found and what to do, in sentences."""
    found = []
    possible = diagnosis.possible
    if diagnosis.stopped is not Stopped.DECIDED:
        names = ", ".join(f"{cause} ({weight:.0%})" for cause, weight in possible.items())
        spent = diagnosis.stopped is Stopped.BUDGET
        why = "the budget is spent" if spent else "no remaining experiment can tell them apart"
        found.append(f"Not decided: {names}; {why}.")
    for cause, weight in possible.items():
        advice = ADVICE[cause]
        found += [f"{cause}, {weight:.0%}: {advice.finding}", f"    {advice.remedy} {advice.help}"]
    alive = diagnosis.belief.alive
    mailbox = {
        True: f"is alive ({alive:.1%})",
        False: f"is gone ({1 - alive:.1%})",
        None: f"may be alive ({alive:.1%}) or gone",
    }[diagnosis.is_alive]
    found.append(f"The mailbox {mailbox}.")
    if diagnosis.belief.blocked > _WORTH_A_WORD:
        blocked = f"{diagnosis.belief.blocked:.0%}"
        found.append(f"We may have provoked a block ({blocked}). Wait some hours before the next try.")
    return [*found, _spent(diagnosis)]


def _print(console: Console, line: str) -> None:
    """Print a line as it is: what a gateway said is no markup."""
    console.print(Text(harmless(line)), soft_wrap=True)


def _table(diagnosis: Diagnosis) -> Table:
    table = Table(box=box.HORIZONTALS)
    for column in ("experiment", "reply", "likeliest cause afterwards", "mailbox alive"):
        table.add_column(column, justify="right" if column == "mailbox alive" else "left")
    for step in diagnosis.steps:
        cause, weight = next(iter(step.belief.causes().items()))
        row = (step.experiment.question, _reply(step), f"{cause} {weight:.0%}", f"{step.belief.alive:.0%}")
        table.add_row(*map(Text, row))
    return table


def _reply(step: Step) -> str:
    if step.kind.startswith(Answer.TAKEN):
        return "accepted"
    reply = clipped(" ".join(said(step.observed).split()), _MOST)
    return f"{reply} (the same words)" if step.kind.endswith("words") else reply


def _spent(diagnosis: Diagnosis) -> str:
    return (
        f"Spent: {count(len(diagnosis.steps), 'connection')}, {count(diagnosis.recipients, 'recipient')} asked, "
        f"{count(diagnosis.messages, 'message')} delivered, {count(round(diagnosis.seconds / 60), 'minute')}."
    )
