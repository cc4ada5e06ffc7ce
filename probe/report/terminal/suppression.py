"""Prints which suppression policy to run: a sentence first, then the result of each policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from probe.harmless import harmless
from probe.report.prices import price_text
from probe.studies.suppression.cheapest import MessagePrices, beaten_by_plain, choices
from probe.studies.suppression.policies import GATED, NEVER
from probe.studies.suppression.replay import MessageErrors, PolicyOutcome

CAMPAIGNS_SHOWN: Final = 4


def print_policies(
    console: Console, outcomes: Sequence[PolicyOutcome], prices: MessagePrices | None, *, complete: bool = True
) -> None:
    """Print the advice, the table of policies (the cheapest first if there are prices), and the table of campaigns."""
    if not complete:
        console.print("[bold red]This run is incomplete: it stopped before every recipient had a final result.[/]")
    told = sorted(outcomes, key=lambda each: (_order(each, prices), each.total.missed_dead))
    several = len({each.classifier for each in told}) > 1
    console.print(Text(answer(told, prices)), soft_wrap=True)
    for sentence in warnings(told):
        console.print(Text(sentence), soft_wrap=True)
    console.print()
    console.print(_policies(told, prices, several=several))
    console.print(_campaigns(told, several=several))
    console.print(Text("This is a replay: real gateways that get less mail may rate the sender better."))


def figures(outcomes: Sequence[PolicyOutcome], prices: MessagePrices | None) -> dict[str, Any]:
    """Return all figures for --json (schema 1)."""
    return {
        "schema": 1,
        "answer": answer(outcomes, prices),
        "warnings": warnings(outcomes),
        "prices": None if prices is None else prices._asdict(),
        "policies": [
            {
                "policy": each.policy,
                "classifier": each.classifier,
                "losers": each.losers,
                "cost": None if prices is None else round(prices.cost(each), 2),
                **_counts(each.total),
                "campaigns": {name: _counts(part) for name, part in each.campaigns.items()},
            }
            for each in outcomes
        ],
    }


def answer(outcomes: Sequence[PolicyOutcome], prices: MessagePrices | None) -> str:
    """Return one sentence on which policy to run."""
    several = len({each.classifier for each in outcomes}) > 1
    found = choices(outcomes)
    if len(found) == 1 and len(found[0].ways) == len(outcomes) > 1:
        return "It makes no difference here: all policies skip the same messages."
    if prices is not None:
        return _cheapest(outcomes, prices, several=several)
    names = [_names(choice.ways, several=several) for choice in found]
    if len(found) == 1:
        return f"Run {names[0]}, at any price: no other loses fewer messages to the living or sends fewer to the gone."
    between = "".join(f", {name} up to {price_text(found[n + 1].above)}" for n, name in enumerate(names[1:-1], 1))
    return (
        f"Run {names[0]} if a message that a living reader misses costs less than {price_text(found[1].above)} "
        f"messages to the gone{between}, {names[-1]} beyond."
    )


def warnings(outcomes: Sequence[PolicyOutcome]) -> list[str]:
    """Return a sentence on each plain rule that does no worse than policies with a cleverer classifier."""
    found = []
    for rule, others in beaten_by_plain(outcomes):
        *but_last, last = (_name(each, several=True) for each in others)
        beaten = f"{', '.join(but_last)} and {last}" if but_last else last
        found.append(
            f"{_name(rule, several=True)} is better than {beaten}: it loses no more messages to the living, "
            "sends no more to the gone, and takes no more retests."
        )
    return found


def _cheapest(outcomes: Sequence[PolicyOutcome], prices: MessagePrices, *, several: bool) -> str:
    alike: dict[float, list[PolicyOutcome]] = {}
    for each in outcomes:
        alike.setdefault(round(prices.cost(each), 2), []).append(each)
    (least, best), *others = sorted(alike.items())
    more = f"; next comes {_names(others[0][1], several=several)} at {others[0][0]:,.2f}" if others else ""
    return (
        f"Run {_names(best, several=several)}: at {prices.living:g} for a message that a living reader misses and "
        f"{prices.dead:g} for one to the gone it costs {least:,.2f}{more}."
    )


def _order(outcome: PolicyOutcome, prices: MessagePrices | None) -> float:
    return outcome.total.missed_dead if prices is None else prices.cost(outcome)


def _names(outcomes: Sequence[PolicyOutcome], *, several: bool) -> str:
    return " or ".join(_name(each, several=several) for each in outcomes)


def _name(outcome: PolicyOutcome, *, several: bool) -> str:
    name = harmless(outcome.policy).removeprefix("python:")
    return f"{name} by {harmless(outcome.classifier)}" if several and outcome.policy != NEVER else name


def _counts(errors: MessageErrors) -> dict[str, Any]:
    return {
        "living": errors.alive,
        "gone": errors.gone,
        "lost": errors.wrongly_suppressed,
        "lost_delivered": errors.lost_delivered,
        "dead": errors.missed_dead,
        "retests": errors.retests,
        "lost_rate": errors.wrongly_suppressed_rate,
        "lost_interval": list(errors.wrongly_suppressed_interval),
        "dead_rate": errors.missed_dead_rate,
        "dead_interval": list(errors.missed_dead_interval),
    }


def _policies(outcomes: Sequence[PolicyOutcome], prices: MessagePrices | None, *, several: bool) -> Group:
    total = outcomes[0].total
    title = f"Of {total.alive:,} messages to the living and {total.gone:,} to the gone (95 % intervals)"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("policy", overflow="fold", min_width=len(GATED))
    for heading in ("living, not\nmailed (would\nhave got it)", "of all\nliving", "gone,\nmailed", "of all\ngone"):
        table.add_column(heading, justify="right", no_wrap=True)
    if prices is not None:
        table.add_column("cost", justify="right", no_wrap=True)
    for each in outcomes:
        total = each.total
        row = [
            f"{total.wrongly_suppressed:,} ({total.lost_delivered:,})",
            _range(total.wrongly_suppressed_interval),
            f"{total.missed_dead:,}",
            _range(total.missed_dead_interval),
        ]
        if prices is not None:
            row.append(f"{prices.cost(each):,.2f}")
        table.add_row(Text(_name(each, several=several)), *row)
    return Group(Text(title), table)  # a Table's own title would wrap at the table's width


def _range(interval: tuple[float, float]) -> str:
    return f"{interval[0] * 100:.1f}-{interval[1]:.1%}"


def _campaigns(outcomes: Sequence[PolicyOutcome], *, several: bool) -> Group:
    names = list(outcomes[0].campaigns)
    shown = names[-CAMPAIGNS_SHOWN:]
    some = f", the last {len(shown)} of {len(names)}" if len(names) > len(shown) else ""
    title = f"By campaign{some}: living, not mailed / gone, mailed"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("policy")
    for name in shown:
        table.add_column(Text(harmless(name)), justify="right")
    for each in outcomes:
        parts = (each.campaigns[name] for name in shown)
        table.add_row(
            Text(_name(each, several=several)),
            *(f"{part.wrongly_suppressed:,} / {part.missed_dead:,}" for part in parts),
        )
    return Group(Text(title), table)  # a Table's own title would wrap at the table's width
