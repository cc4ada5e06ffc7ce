"""The answer in plain words, for a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from probe.check.classifier_score import ClassifierScore
from probe.check.score import Scorecard
from probe.intake.event import BadLine
from probe.judging import Result
from probe.report.answer import answer, count
from probe.report.harmless import harmless

GATEWAYS_SHOWN: Final = 8
MISTAKES_SHOWN: Final = 10
NAMES_SHOWN: Final = 5


def print_answer(console: Console, result: Result, out: str) -> None:
    """Print the answer first, then how the classifiers did, then where the report lies, then the gates."""
    card = result.scorecard
    if not card.complete:
        console.print("[bold red]This run is incomplete: it ended before every recipient was finished with.[/]")
    for line in answer(card):
        console.print(line, soft_wrap=True)
    console.print()
    if card.classifiers:
        console.print(_classifiers(card))
        console.print()
    if any(gateway.hard_bounces > gateway.gone for gateway in card.gateways.values()):
        console.print(_gateways(card))
        console.print()
    for finding in result.findings():
        word, style = ("passed", "green") if finding.passed else ("FAILED", "bold red")
        console.print(Text.assemble("gate ", (word, style), f"  {harmless(finding.sentence)}"), soft_wrap=True)
        for each in finding.mistaken[:MISTAKES_SHOWN]:
            console.print(Text(f"  {harmless(str(each))}"), soft_wrap=True)
        if len(finding.mistaken) > MISTAKES_SHOWN:
            console.print(f"  and {len(finding.mistaken) - MISTAKES_SHOWN:,} more", soft_wrap=True)
    out = harmless(out)
    console.print(Text(f"books  {out}/ledger.sqlite  sha256 {card.books[:16]}"), soft_wrap=True)
    console.print(Text(f"score  {out}/scorecard.json"), soft_wrap=True)


def print_reported(console: Console, result: Result, bad_lines: Sequence[BadLine]) -> None:
    """Print what another system's word joins, and what it does not: counted, and the first of each named."""
    said = result.reported
    if said is None:
        return
    events = sum(map(len, said.events.values()))
    console.print(f"Reported: {events:,} events about {count(len(said.events), 'recipient')}.", soft_wrap=True)
    for what, names in (
        ("about nobody in the books", [event.recipient for event in said.strangers]),
        ("there before (the same event again)", [event.recipient for event in said.duplicates]),
        ("recipients of whom nothing was reported", ["/".join(filter(None, key)) for key in said.silent]),
        ("lines that could not be read", [f"line {bad.number} {bad.reason}" for bad in bad_lines]),
    ):
        if names:
            first = harmless(", ".join(names[:NAMES_SHOWN]))
            more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
            console.print(Text(f"  {len(names):,} {what}: {first}{more}"), soft_wrap=True)
    console.print()


def _classifiers(card: Scorecard) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, title="Who would suppress whom (95 % intervals)", title_justify="left", pad_edge=False
    )
    table.add_column("classifier")
    table.add_column("alive, suppressed", justify="right")
    table.add_column("of the living", justify="right")
    table.add_column("gone, kept", justify="right")
    table.add_column("of the gone", justify="right")
    for name, score in card.classifiers.items():
        table.add_row(
            Text(name),
            f"{score.wrongly_suppressed:,}",
            _range(score, wrong=True),
            f"{score.missed_dead:,}",
            _range(score),
        )
    return table


def _range(score: ClassifierScore, *, wrong: bool = False) -> str:
    low, high = score.wrongly_suppressed_interval if wrong else score.missed_dead_interval
    return f"{low:.1%} to {high:.1%}"


def _gateways(card: Scorecard) -> Table:
    lying = sorted(
        ((score, name) for name, score in card.gateways.items() if score.hard_bounces > score.gone),
        key=lambda pair: (pair[0].gone - pair[0].hard_bounces, pair[1]),
    )
    more = len(lying) - GATEWAYS_SHOWN
    title = "Where the report lies" + (f" (the worst {GATEWAYS_SHOWN} of {len(lying)} gateways)" if more > 0 else "")
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    table.add_column("gateway")
    for heading in ("recipients", "delivered", "hard bounces", "gone", "alive"):
        table.add_column(heading, justify="right")
    for score, name in lying[:GATEWAYS_SHOWN]:
        table.add_row(
            Text(name),
            f"{score.recipients:,}",
            f"{score.delivered:,}",
            f"{score.hard_bounces:,}",
            f"{score.gone:,}",
            f"{score.hard_bounces - score.gone:,}",
        )
    return table
