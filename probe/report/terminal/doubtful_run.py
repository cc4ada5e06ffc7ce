"""What was found out about the doubtful recipients of a run, as a table of groups."""

from __future__ import annotations

from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from probe.diagnose.doubtful import Group
from probe.diagnose.run_document import DoubtfulRun
from probe.harmless import clipped, harmless
from probe.report.summary import count

_MOST: Final = 20
"""Groups that are shown."""
_LONGEST: Final = 48
_WORTH_NAMING: Final = 0.1


def print_doubtful_run(console: Console, run: DoubtfulRun, file: str) -> None:
    """Print the groups, the largest first, and what all came to. ``file`` is where the rest is."""
    if not run.groups:
        console.print("context is sure of every recipient: there is nothing to ask.")
        return
    table = Table(box=box.HORIZONTALS)
    for column in ("gateway", "refused with", "recipients", "asked", "cause", "alive", "settled"):
        table.add_column(column, justify="right" if column in {"recipients", "asked", "alive", "settled"} else "left")
    for group in run.groups[:_MOST]:
        table.add_row(*map(Text, map(harmless, _row(group))))
    console.print(table)
    if len(run.groups) > _MOST:
        console.print(f"{count(len(run.groups) - _MOST, 'more group')} in {file}.")
    console.print(
        f"{count(run.recipients, 'doubtful recipient')} in {count(len(run.groups), 'group')}: asked about "
        f"{run.asked:,} with {count(run.experiments, 'experiment')}, now {run.settled:,} are settled. "
        "fivefifty check judges the run with what was found.",
        soft_wrap=True,
    )


def _row(group: Group) -> tuple[str, ...]:
    likeness = group.likeness
    alive = sum(map(group.alive, group.members)) / len(group.members)
    return (
        f"{likeness.gateway} from {likeness.source}",
        clipped(likeness.words, _LONGEST),
        f"{len(group.members):,}",
        f"{len(group.asked):,}",
        _causes(group),
        f"{alive:.0%}",
        f"{group.settled:,}",
    )


def _causes(group: Group) -> str:
    """Return the causes of all members together, as far as they are worth naming."""
    if not group.asked:
        return "not asked"
    return ", ".join(f"{cause} {weight:.0%}" for cause, weight in group.all_causes.items() if weight >= _WORTH_NAMING)
