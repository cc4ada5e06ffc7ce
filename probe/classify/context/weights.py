"""The weights of the evidence, from a readable data file that ``fivefifty fit`` writes."""

from __future__ import annotations

import json
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

from probe.classify.context.evidence import FUNCTIONS, NAMES

AGAIN: Final = (
    "first_verdict",
    "living_refused_again",
    "living_refused_elsewhere",
    "company_refused_again",
    "company_refused_for_long",
    "stage_of_the_refusal",
    "refused_by_report_again",
)
"""What the second verdict weighs (see ``Reader.refused_again``)."""
Curve = tuple[tuple[float, float], ...]
"""Calibration: pairs of a sum of log odds and the log odds observed on scenarios. Empty: sums are used unchanged."""


class Sum(NamedTuple):
    """A base and one weight per figure, in nats of log odds, with the curve that calibrates their sum."""

    base: float
    weights: tuple[float, ...]
    curve: Curve = ()


class Weights(NamedTuple):
    """The weight of each piece of evidence, in nats of log odds that the mailbox is alive.

    Attributes:
        first: Weighs the first refusal, with one weight per evidence function.
        again: Turns the log odds of the first verdict, and estimates of how often living recipients are refused
            again, into the log odds of the second verdict.
        suppress_below: An address is suppressed below this probability of life, while a retest is still possible.
        suppress_below_at_last: The same when no further attempt follows.
    """

    first: Sum
    again: Sum
    suppress_below: float
    suppress_below_at_last: float


def parse(text: str) -> Weights:
    """Read a weights file. A function that it does not mention has the weight 0."""
    raw = tomllib.loads(text)
    known = {each["name"]: float(each["weight"]) for each in raw["weight"]}
    again = raw["again"]
    return Weights(
        Sum(float(raw["base"]), tuple(known.get(name, 0.0) for name in NAMES), _curve(raw)),
        Sum(float(again["base"]), tuple(float(again.get(name, 0.0)) for name in AGAIN), _curve(again)),
        float(raw["suppress_below"]),
        float(raw["suppress_below_at_last"]),
    )


def _curve(raw: dict[str, Any]) -> Curve:
    return tuple((float(added), float(worth)) for added, worth in raw.get("curve", ()))


@cache
def shipped() -> Weights:
    """Return the weights that come with the package."""
    return parse((resources.files("probe.classify.context") / "weights.toml").read_text("utf-8"))


def write(weights: Weights, remarks: Iterable[str]) -> str:
    """Return the text of a weights file, with remarks as comments at its head."""
    return "\n".join([*(f"# {line}".rstrip() for line in remarks), *_lines(weights)]) + "\n"


def worth(curve: Curve, added: float) -> float:
    """Calibrate log odds by a curve: straight lines between its points, constant beyond the first and the last."""
    if not curve:
        return added
    after = bisect_left(curve, (added,))
    if after in {0, len(curve)}:
        return curve[min(after, len(curve) - 1)][1]
    (low, worth_low), (high, worth_high) = curve[after - 1], curve[after]
    return worth_low + (worth_high - worth_low) * (added - low) / (high - low)


def _lines(weights: Weights) -> Iterator[str]:
    yield f"suppress_below = {weights.suppress_below:g}"
    yield f"suppress_below_at_last = {weights.suppress_below_at_last:g}"
    yield from _shape(weights.first)
    yield ""
    yield "# The second verdict, after one more attempt that was also refused."
    yield "[again]"
    for name, weight in zip(AGAIN, weights.again.weights, strict=True):
        yield f"{name} = {weight:.3f}"
    yield from _shape(weights.again)
    for function, weight in zip(FUNCTIONS, weights.first.weights, strict=True):
        meaning = (function.__doc__ or "").partition("\n")[0]
        yield ""
        yield "[[weight]]"
        yield f"name = {json.dumps(function.__name__)}"
        yield f"weight = {weight:.3f}"
        yield f"meaning = {json.dumps(meaning)}"


def _shape(total: Sum) -> Iterator[str]:
    yield f"base = {total.base:.3f}"
    yield "# Calibration: the sum of base and weights, and the log odds observed for it."
    yield f"curve = [{', '.join(f'[{added:g}, {worth:.3f}]' for added, worth in total.curve)}]"
