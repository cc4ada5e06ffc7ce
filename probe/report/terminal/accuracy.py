"""The tables of ``fivefifty evaluate --diagnose``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rich.console import Console

from probe.report.terminal.table import print_table
from probe.studies.diagnose.accuracy import MAIN

FIGURES: Final = {
    "cause_told": "experiments can tell the cause",
    "mailbox_told": "experiments can tell whether the mailbox is alive",
    "cause_right_where_told": "cause right, where experiments can tell",
    "mailbox_right_where_told": "mailbox right, where experiments can tell",
    "cause_right": "cause right, of all",
    "mailbox_right": "mailbox right, of all",
    "decided": "decided",
    "cause_right_if_decided": "cause right, if decided",
    "mailbox_right_if_decided": "mailbox right, if decided",
    "living_called_gone": "living called gone",
    "living_behind_ip_called_gone": "living behind an IP block called gone",
    "gone_called_living": "gone called living",
    "honest_called_lies": "honest refusals called lies",
    "own_blocks": "verdicts that were blocks of our own making",
}
"""The figures that are shares, and what a person reads."""
_MEANS: Final = {"brier_cause": "Brier score of the cause", "brier_mailbox": "Brier score of the mailbox"}
OF_PARTS: Final = {
    "cause_right_where_told": "cause right",
    "mailbox_right_where_told": "mailbox right",
    "decided": "decided",
    "living_called_gone": "living called gone",
}
"""Figures of parts. Cause and mailbox are right of those that experiments can tell."""
_LISTED: Final = 12


def print_accuracy(console: Console, figures: Mapping[str, Any]) -> None:
    """Print how often diagnoses were right, what they cost, and what others say about the same mailboxes."""
    groups = figures["groups"]
    main = [name for name in MAIN if name in groups]
    title = f"Diagnoses at {figures['gateways']:,} gateways whose cause is known (with 95 % intervals)"
    print_table(console, title, ("", *main), figure_rows([groups[name] for name in main]))
    costs = cost_rows([groups[name] for name in main])
    print_table(console, "\nWhat they cost: median / 95th percentile", ("", *main), costs)
    parts = [name for name in groups if name not in MAIN]
    _print_parts(console, "Parts, and kinds of noise", {name: groups[name] for name in parts})
    _print_parts(console, "By true cause, without noise", figures["causes"])
    wrong = [
        [f"{each['true']}, diagnosed as {each['diagnosed']}", f"{each['recipients']:,}", f"{each['could_be_told']:,}"]
        for each in figures["mixed_up"][:_LISTED]
    ]
    print_table(console, "\nWrong causes, without noise", ("", "recipients", "could be told"), wrong)
    print_table(
        console,
        "\nWhat others say of the same mailboxes, without noise and with it",
        ("", "living called gone", "gone called living", "unknown", "recipients asked"),
        verifier_rows(figures),
    )


def figure_rows(groups: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Return a row for each figure, with a column for each group."""
    rows = [[words, *(share(each[key]) for each in groups)] for key, words in FIGURES.items()]
    rows += [[words, *(_score(each[key]) for each in groups)] for key, words in _MEANS.items()]
    return [*rows, ["recipients", *(f"{each['recipients']:,}" for each in groups)]]


def cost_rows(groups: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Return a row for each kind of cost, with a column for each group: the median and the 95th percentile."""
    return [[what, *(_costs(each["spent"][what]) for each in groups)] for what in groups[0]["spent"]]


def verifier_rows(figures: Mapping[str, Any]) -> Iterable[list[str]]:
    """Return the rows of the table of verifiers."""
    for name, each in figures["verifiers"].items():
        shares = (share(each[key]) for key in ("living_called_gone", "gone_called_living", "unknown"))
        yield [name, *shares, f"{each['probes']:.1f}"]


def share(figure: Mapping[str, Any]) -> str:
    """Write a share with its interval, in percent; nothing if there was nothing to count."""
    if figure["value"] is None:
        return "-"
    return f"{figure['value']:.1%} ({figure['low'] * 100:.1f}-{figure['high'] * 100:.1f})"


def _costs(spent: Mapping[str, Any]) -> str:
    return f"{spent['median']['value']:,.0f} / {spent['most']['value']:,.0f}"


def _score(figure: Mapping[str, Any]) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f}-{figure['high']:.3f})"


def _print_parts(console: Console, title: str, groups: Mapping[str, Mapping[str, Any]]) -> None:
    rows = [[name, f"{each['recipients']:,}", *(share(each[key]) for key in OF_PARTS)] for name, each in groups.items()]
    print_table(console, f"\n{title}: right, where experiments can tell", ("", "recipients", *OF_PARTS.values()), rows)
