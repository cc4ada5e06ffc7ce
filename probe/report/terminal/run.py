"""Prints the result of a run, to a terminal or a pipe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.text import Text

from probe.harmless import clipped, harmless
from probe.intake.skipped import SkippedLines
from probe.judge.findings import Finding
from probe.judge.result import JudgedRun
from probe.judge.scorecard import Scorecard
from probe.judge.story import name_of
from probe.report.html.figures import interval_of
from probe.report.summary import count, summary
from probe.report.terminal.finding import print_finding
from probe.report.terminal.table import print_table

GATEWAYS_SHOWN: Final = 8
NAMES_SHOWN: Final = 5


def print_answer(console: Console, card: Scorecard, findings: Iterable[Finding], out: str) -> None:
    """Print the summary, the classifiers, the gateways whose hard bounces are not true, then the gates' findings."""
    if not card.complete:
        console.print("[bold red]This run is incomplete: it stopped before every recipient had a final result.[/]")
    for line in summary(card):
        console.print(line, soft_wrap=True)
    console.print()
    if card.classifiers:
        _print_classifiers(console, card)
        console.print()
    if any(gateway.hard_bounces > gateway.gone for gateway in card.gateways.values()):
        _print_gateways(console, card)
        console.print()
    for finding in findings:
        print_finding(console, "gate", finding)
    out = harmless(out)
    console.print(Text(f"books  {out}/ledger.sqlite  sha256 {card.books[:16]}"), soft_wrap=True)
    console.print(Text(f"score  {out}/scorecard.json"), soft_wrap=True)
    console.print(Text(f"report {out}/report.html"), soft_wrap=True)


def print_reported(console: Console, result: JudgedRun, skipped: SkippedLines, unknown: Counter[str]) -> None:
    """Print how many events of another system's log match recipients of the run, and the first that do not.

    ``unknown`` counts the system's classes whose cause is not known.
    """
    said = result.reported
    if said is None:
        return
    events = sum(map(len, said.events.values()))
    console.print(f"Reported: {events:,} events about {count(len(said.events), 'recipient')}.", soft_wrap=True)
    for what, names in (
        ("about recipients that are not in the books", [event.recipient for event in said.strangers]),
        ("repeated (the same event again)", [event.recipient for event in said.duplicates]),
        ("recipients without any event", [name_of(key) for key in said.silent]),
    ):
        if names:
            first = harmless(", ".join(names[:NAMES_SHOWN]))
            more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
            console.print(Text(f"  {len(names):,} {what}: {first}{more}"), soft_wrap=True)
    if skipped.total:
        console.print(f"  {count(skipped.total, skipped.what)} that could not be read:", soft_wrap=True)
        for reason in skipped.told():
            console.print(Text(f"    {reason}"), soft_wrap=True)
    if unknown:
        shown = ", ".join(f"{clipped(name, 60)} ({times:,})" for name, times in unknown.most_common(NAMES_SHOWN))
        more = f" and {len(unknown) - NAMES_SHOWN:,} more" if len(unknown) > NAMES_SHOWN else ""
        told = f"  Classes of unknown cause, judged by code; give their causes with --map: {shown}{more}"
        console.print(Text(told), soft_wrap=True)
    console.print()


def _print_classifiers(console: Console, card: Scorecard) -> None:
    scores = card.classifiers
    retests = any(score.retested for score in scores.values())
    costs = any(score.cost.total for score in scores.values())
    print_table(
        console,
        f"Mistakes of each classifier{_as_logged(card)} (95 % intervals)",
        [
            *("classifier", "alive,\nsuppressed", "of all\nalive", "gone,\nkept", "of all\ngone"),
            *(["to be\nretested"] if retests else []),
            *(["cost"] if costs else []),
        ],
        (
            [
                harmless(name),
                *(f"{score.wrongly_suppressed:,}", interval_of(score.wrongly_suppressed_interval)),
                *(f"{score.missed_dead:,}", interval_of(score.missed_dead_interval)),
                *([f"{score.retested:,}"] if retests else []),
                *([f"{score.cost.total:,.2f}"] if costs else []),
            ]
            for name, score in scores.items()
        ),
    )


def _as_logged(card: Scorecard) -> str:
    return f", {card.truth_is}" if card.as_logged else ""


def _print_gateways(console: Console, card: Scorecard) -> None:
    disguising = sorted(
        ((score, name) for name, score in card.gateways.items() if score.hard_bounces > score.gone),
        key=lambda pair: (pair[0].gone - pair[0].hard_bounces, pair[1]),
    )
    more = len(disguising) - GATEWAYS_SHOWN
    print_table(
        console,
        f"Living recipients reported as hard bounces, by gateway{_as_logged(card)}"
        + (f" (the worst {GATEWAYS_SHOWN} of {len(disguising)})" if more > 0 else ""),
        ["gateway", "recipients", "delivered", "hard\nbounces", "gone", "alive"],
        (
            [
                harmless(name),
                *(f"{score.recipients:,}", f"{score.delivered:,}", f"{score.hard_bounces:,}", f"{score.gone:,}"),
                f"{score.hard_bounces - score.gone:,}",
            ]
            for score, name in disguising[:GATEWAYS_SHOWN]
        ),
    )
