"""Diagnoses for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from diagnosing import KNOWN, RECIPIENT, REFUSAL, replied

from probe.diagnose.choice import Budget
from probe.diagnose.diagnosis import Diagnosis, Observed, diagnose
from probe.diagnose.experiment import Experiment
from probe.diagnose.patterns import Patterns
from probe.sender.transaction import Result

TAKEN = replied(250, "2.1.5", "ok")
MEANS = {"control", "neighbour"}
BEGAN = 1_772_442_120.0
"""2026-03-02 09:02 UTC."""
DIALOGUE = "> (connects from 127.10.0.1)\n< 220 mx.acme.example\n> RCPT TO:<ann@acme.example>\n< 550 User unknown"


def diagnosed(
    answer: Callable[[str], Result],
    budget: Budget | None = None,
    *,
    first: Result = REFUSAL,
    patterns: Patterns = KNOWN,
    dialogue: str = DIALOGUE,
) -> Diagnosis:
    """Diagnose a recipient whose gateway answers experiments by name. Each begins a minute after the one before."""
    refusal = Observed(first, BEGAN, dialogue, "127.10.0.1", "bounce@messenger.example", RECIPIENT)
    asking = diagnose(RECIPIENT, refusal, MEANS, patterns, budget or Budget())
    at = BEGAN
    try:
        experiment: Experiment = next(asking)
        while True:
            at += 60.0
            source = "127.10.0.2" if experiment.name == "neighbour" else "127.10.0.1"
            about = "postmaster@acme.example" if experiment.name == "control" else RECIPIENT
            held = Observed(answer(experiment.name), at, dialogue, source, "probe@messenger.example", about)
            experiment = asking.send(held)
    except StopIteration as ended:
        found: Diagnosis = ended.value
        return found


def listed() -> Diagnosis:
    """Return the diagnosis of an IP address that is not trusted: the mailbox is alive."""
    return diagnosed(lambda name: TAKEN if name == "neighbour" else REFUSAL)


def gone() -> Diagnosis:
    """Return the diagnosis of a mailbox that is gone."""
    return diagnosed(lambda name: TAKEN if name == "control" else REFUSAL)


def undecided() -> Diagnosis:
    """Return a diagnosis whose budget is spent after one experiment."""
    return diagnosed(lambda _: REFUSAL, Budget(experiments=1))


def waited() -> Diagnosis:
    """Return the diagnosis of a greylist: the recipient is accepted later."""
    return diagnosed(lambda name: TAKEN if name == "after-minutes" else REFUSAL)


def probably_gone() -> Diagnosis:
    """Return a diagnosis of a mailbox that is gone with 97 %."""
    found = undecided()
    weights: dict[Any, float] = {}
    for state in found.belief.weights:
        hypothesis = found.belief.known[state.pattern].hypothesis
        weights[state] = {"user-unknown": 0.97, "ip-reputation": 0.03 * hypothesis.alive}.get(hypothesis.cause, 0.0)
    total = sum(weights.values())
    return replace(found, belief=replace(found.belief, weights={each: w / total for each, w in weights.items()}))
