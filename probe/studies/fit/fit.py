"""A whole fit: generates and runs scenarios, fits weights, reports held-out figures, writes files."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self, TypeVar

import numpy as np

from probe.classify.context.evidence import NAMES
from probe.classify.context.weights import Weights, write
from probe.lab import processes
from probe.studies.fit.cases import Refused, RefusedAgain, first_refusals, run_family, second_refusals
from probe.studies.fit.families import FAMILIES
from probe.studies.fit.fitting import (
    Array,
    Figures,
    Fitted,
    Table,
    as_weights,
    boost,
    figures_again,
    fit,
    fit_again,
    held_out,
    predict,
    weigh,
)
from probe.user_files import write_here, writing

T = TypeVar("T")
_MOST_OF_A_SCENARIO: Final = 300
"""The most refusals of one scenario, so that a single outage does not outweigh a hundred companies; drawn."""


class Bar(Protocol):
    """A progress bar."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def advance(self, more: int, /) -> None:
        """Add ``more`` finished items."""


def fit_into_folder(
    seeds: Sequence[int], out: Path, workers: int, bar: Callable[[str, int], Bar], *, reference: bool
) -> Iterator[str]:
    """Fit weights, write them into a folder, and yield the findings line by line, never while a bar is shown."""
    with writing(out, "choose another folder with --out"):
        out.mkdir(parents=True, exist_ok=True)
    cases = _gather(processes.in_order(_first, seeds, workers), bar("scenarios", len(seeds)))
    table = Table(cases)
    yield f"{len(cases):,} refusals in {len(seeds)} scenarios of {len(FAMILIES)} families"
    unseen = held_out(table, table.found, table.scenario, weigh)
    yield from _figures("scenarios held out", table, unseen)
    yield from _curve(table, unseen)
    by_family = held_out(table, table.found, table.family, weigh)
    yield from _figures("families held out", table, by_family)
    for family in np.unique(table.family):
        yield from _figures(f"  {family}", table, by_family, table.family == family)
    if reference:
        strong = held_out(table, table.everything, table.scenario, boost)
        yield from _figures("scenarios held out, gradient boosting", table, strong)
    fitted = fit(table.found, table.alive, table.importance)
    first = as_weights(fitted)
    chosen = [(seed, first) for seed in seeds]
    again = _gather(processes.in_order(_second, chosen, workers), bar("second verdicts", len(chosen)))
    weights = as_weights(fitted, fit_again(again).sum)
    yield "second verdicts, after a further refusal, families held out:"
    for name, each in figures_again(again).items():
        yield _line(f"  {name}", each)
    yield "by persona, weights fitted without it:"
    kept = {}
    for persona in np.unique(table.persona):
        others, own = table.persona != persona, table.persona == persona
        without = fit(table.found[others], table.alive[others], table.importance[others])
        kept[str(persona)] = _named(without)
        yield from _figures(f"  {persona}", table, predict(without, table.found), own)
    remarks = (
        f"Fitted by fivefifty fit on {len(cases):,} refusals in {len(seeds)} generated scenarios (seeds {seeds[0]} to",
        f"{seeds[-1]}); no shipped scenario is among them. A weight is in nats of log odds that the mailbox is alive,",
        "for each unit that the evidence function returns; a positive weight means 'alive'.",
    )
    with writing(out, "choose another folder with --out"):
        write_here(out / "weights.toml", write(weights, remarks).encode())
        write_here(out / "held_out.json", f"{json.dumps(kept, indent=1)}\n".encode())
    yield f"written: {out / 'weights.toml'}, {out / 'held_out.json'}"


def _gather(found: Iterable[list[T]], bar: Bar) -> list[T]:
    gathered: list[T] = []
    with bar as shown:
        for cases in found:
            gathered += cases
            shown.advance(1)
    return gathered


def _first(seed: int) -> list[Refused]:
    found = list(first_refusals(run_family(FAMILIES[seed % len(FAMILIES)], seed)))
    if len(found) <= _MOST_OF_A_SCENARIO:
        return found
    return random.Random(seed).sample(found, _MOST_OF_A_SCENARIO)  # noqa: S311 - must be repeatable


def _second(job: tuple[int, Weights]) -> list[RefusedAgain]:
    seed, weights = job
    return list(second_refusals(run_family(FAMILIES[seed % len(FAMILIES)], seed), weights))


def _named(fitted: Fitted) -> dict[str, object]:
    base, first, curve = fitted.sum
    weights = {name: round(each, 4) for name, each in zip(NAMES, first, strict=True) if each}
    return {"base": round(base, 4), "curve": [[at, round(worth, 4)] for at, worth in curve], "weights": weights}


def _figures(name: str, table: Table, alive: Array, own: Array | None = None) -> Iterator[str]:
    chosen = table.of_recipient if own is None else table.of_recipient & own
    yield _line(name, table.figures(alive, chosen))


def _line(name: str, found: Figures) -> str:
    errors = found.errors
    return (
        f"{name:40} Brier {found.brier:.4f}  alive {errors.alive:6,}, by code suppressed {found.by_code:6,}, "
        f"by context {errors.wrongly_suppressed:5,} ({found.fewer:.1%} fewer)  "
        f"gone {errors.gone:6,}, kept {errors.missed_dead:6,}"
    )


def _curve(table: Table, alive: Array) -> Iterator[str]:
    """Yield the reliability curve, cases counted as in the fit."""
    for low in np.arange(0.0, 1.0, 0.1):
        own = table.of_recipient & (alive >= low) & (alive < low + 0.1)
        if own.any():
            said, found = (np.average(each[own], weights=table.importance[own]) for each in (alive, table.alive))
            yield f"  said {said:.3f}  alive {found:.3f}  ({own.sum():,} cases)"
