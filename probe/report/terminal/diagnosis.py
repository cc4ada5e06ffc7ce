"""A diagnosis as text: the refusal, the experiments, what was found, and what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from probe.diagnose.advice import ADVICE
from probe.diagnose.choice import Stopped
from probe.diagnose.diagnosis import Diagnosis, Step
from probe.diagnose.document import said
from probe.harmless import clipped, harmless

_MOST: Final = 60


def print_diagnosis(console: Console, diagnosis: Diagnosis) -> None:
    """Print a diagnosis."""
    first = diagnosis.first
    when = f"{datetime.fromtimestamp(first.at, UTC):%Y-%m-%d %H:%M} UTC"
    stage = first.result.stage.value.upper()
    console.print(f"{harmless(diagnosis.recipient)} was refused at {stage} on {when}:", soft_wrap=True)
    console.print(f"    {harmless(said(first))}", soft_wrap=True)
    if diagnosis.steps:
        console.print(_table(diagnosis))
    for line in conclusion(diagnosis):
        console.print(harmless(line), soft_wrap=True)


def conclusion(diagnosis: Diagnosis) -> list[str]:
    """Return what was found and what to do, in sentences."""
    found = []
    possible = diagnosis.possible
    if diagnosis.stopped is not Stopped.DECIDED and len(possible) > 1:
        names = ", ".join(f"{cause} ({weight:.0%})" for cause, weight in possible.items())
        why = (
            "the budget is spent" if diagnosis.stopped is Stopped.BUDGET else "no experiment tells them apart from here"
        )
        found.append(f"Not decided: {names}; {why}.")
    for cause, weight in possible.items():
        advice = ADVICE[cause]
        found += [f"{cause}, {weight:.0%}: {advice.finding}", f"    {advice.remedy} Who can help: {advice.ask}."]
    mailbox = {True: "is alive", False: "is gone", None: "may be alive or gone"}[diagnosis.is_alive]
    found.append(f"The mailbox {mailbox} (alive: {diagnosis.belief.alive:.1%}).")
    if diagnosis.belief.blocked > 0.2:
        found.append(
            f"We may have provoked a block ({diagnosis.belief.blocked:.0%}). Wait some hours before the next try."
        )
    found.append(_spent(diagnosis))
    return found


def _table(diagnosis: Diagnosis) -> Table:
    table = Table(box=box.HORIZONTALS)
    for column in ("experiment", "reply", "likeliest cause afterwards", "alive"):
        table.add_column(column, justify="right" if column == "alive" else "left")
    for step in diagnosis.steps:
        cause, weight = next(iter(step.belief.causes().items()))
        table.add_row(step.experiment.question, _reply(step), f"{cause} {weight:.0%}", f"{step.belief.alive:.0%}")
    return table


def _reply(step: Step) -> str:
    reply = "taken" if step.kind.startswith("taken") else clipped(" ".join(said(step.observed).split()), _MOST)
    return f"{reply} (the same words)" if step.kind.endswith("words") else reply


def _spent(diagnosis: Diagnosis) -> str:
    recipients = messages = 0
    for step in diagnosis.steps:
        recipients += 1 + step.experiment.conditions.transactions_before + step.experiment.conditions.recipients_beside
        messages += step.kind == "taken at content"
    minutes = (diagnosis.steps[-1].observed.at - diagnosis.first.at) / 60 if diagnosis.steps else 0.0
    return (
        f"Spent: {len(diagnosis.steps)} connections, {recipients} recipients asked, {messages} messages delivered, "
        f"{minutes:,.0f} minutes."
    )
