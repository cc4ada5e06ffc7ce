"""Prints which recipients are judged differently: by two classifiers, or since a baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from probe.harmless import harmless
from probe.judge.baseline import KnownMistakes
from probe.judge.compare import Comparison, McNemar
from probe.judge.findings import Finding
from probe.judge.scorecard import Scorecard
from probe.judge.story import name_of
from probe.report.terminal.finding import print_finding
from probe.report.terminal.table import print_table

SHOWN: Final = 20
"""The most recipients that are named."""


def print_comparison(console: Console, compared: Mapping[tuple[str, str], Comparison]) -> None:
    """Print the paired counts of each pair, then the recipients that they judge differently, with the last reply."""
    for (first, second), found in compared.items():
        print_table(
            console,
            harmless(f"A {first}, B {second}"),
            ["", "recipients", "both\nwrong", "only\nA", "only\nB", "p"],
            (
                [
                    name,
                    *(f"{count:,}" for count in (test.cases, test.both_wrong, test.only_first, test.only_second)),
                    f"{test.p_value:.3g}",
                ]
                for name, test in (("alive, suppressed", found.living), ("gone, kept", found.gone))
            ),
        )
        console.print()
        for name, test in (("Alive, suppressed", found.living), ("Gone, kept", found.gone)):
            console.print(_sentence(name, test), soft_wrap=True)
        if any(test.is_loss for test in (found.living, found.gone)) and not found.is_worse:
            console.print("So B passes: its gain is significant, and its loss may be chance.", soft_wrap=True)
        changes = sorted(found.changes, key=lambda change: (not change.is_worse, not change.is_better, change))
        for change in changes[:SHOWN]:
            side = "worse" if change.is_worse else "better" if change.is_better else "same"
            state = "alive" if change.alive else "gone"
            who = name_of((change.campaign, change.recipient))
            line = f"{side:<7}{who} ({state}): {change.first} -> {change.second}; {change.reply}"
            console.print(Text(harmless(line)), soft_wrap=True)
        if len(changes) > SHOWN:
            console.print(f"and {len(changes) - SHOWN:,} more", soft_wrap=True)
        console.print()


def _sentence(name: str, test: McNemar) -> str:
    difference = test.only_second - test.only_first
    if not difference:
        return f"{name}: B has as many as A."
    verdict = "is significant" if test.is_sure else "may be chance"
    return f"{name}: B has {abs(difference):,} {'more' if difference > 0 else 'fewer'} than A; this {verdict}."


def print_baseline(
    console: Console, known: KnownMistakes, findings: Sequence[Finding], card: Scorecard, baseline: str
) -> None:
    """Print what got worse since the baseline and the recipients behind it, and the classifiers it does not have."""
    worse = [finding for finding in findings if not finding.passed]
    if not worse:
        console.print(Text(f"baseline passed  no classifier is worse than in {harmless(baseline)}"), soft_wrap=True)
    for each in worse:
        print_finding(console, "baseline", each)
    added = ", ".join(sorted(card.classifiers.keys() - known.classifiers.keys()))
    if added:
        told = f"baseline: {baseline} has no mistakes of {added}; fivefifty baseline update records them"
        console.print(Text(harmless(told)), soft_wrap=True)
