"""Explains one verdict: every piece of evidence, what it adds, and the probability that results."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from probe.classify.context.case import RefusalCase
from probe.classify.context.evidence import FUNCTIONS
from probe.classify.context.observations import EVERY_SOURCE, IsolatedRefusals
from probe.classify.context.reader import Reader, case_of, probability
from probe.classify.evidence import Diagnosed, Evidence

_WORTH_NAMING = 0.05
"""Causes that are less likely are not named."""
_VERBS = ("Return 1 if ", "Return -1 if ", "Weigh ", "Count ")
"""Leading words of docstrings that are left out: a reader of a verdict wants the finding, not what a function does."""
_NEIGHBOURS = {
    (): "It is the only reply.",
    ("before",): "The recipient before it was accepted.",
    ("after",): "The recipient after it was accepted.",
    ("before", "after"): "The recipients before and after it were accepted.",
}
"""What is said of a refusal without a run, by the sides on which a recipient was accepted."""


def explain_verdict(reader: Reader, evidence: Evidence) -> Iterator[str]:
    """Yield lines about a recipient's reading: what happened around it, the weights, the verdict."""
    case = case_of(evidence, reader.observations)
    if case is not None:
        yield from _circumstances(case)
        log_odds, found = reader.first_verdict(case)
        yield ""
        yield "Log odds that the mailbox is alive (nats; above 0 means alive is more likely)"
        meanings = {function.__name__: _meaning(function) for function in FUNCTIONS}
        yield f"  {reader.weights.first.base:+6.2f}  before any evidence: a recipient was refused"
        for added, name in sorted(found, key=lambda each: -abs(each[0])):
            if added:
                yield f"  {added:+6.2f}  {name.replace('_', ' ')}: {meanings[name]}"
        total = reader.weights.first.base + sum(added for added, _ in found)
        yield f"  {total:+6.2f}  in total; calibrated on scenarios: {log_odds:+.2f}, or {probability(log_odds):.0%}"
    if evidence.diagnosis is not None:
        yield ""
        yield _experiments(evidence.diagnosis)
    reading = reader.classify(evidence)
    yield ""
    yield f"cause      {reading.cause.value if reading.cause else 'none'}"
    yield f"alive      {reading.alive:.1%}" if reading.alive is not None else "alive      unknown"
    yield f"advice     {reading.advice.value}"
    yield f"reasons    {reading.reason}"


def _experiments(diagnosis: Diagnosed) -> str:
    whom = "this recipient" if diagnosis.asked else "recipients that were refused in the same words"
    causes = ", ".join(f"{cause} {weight:.0%}" for cause, weight in diagnosis.causes.items() if weight >= _WORTH_NAMING)
    return f"Experiments about {whom}: {causes}; alive {diagnosis.alive:.1%}. This takes the place of the sum."


def _circumstances(case: RefusalCase) -> Iterator[str]:
    """Yield what happened around a refusal."""
    elsewhere = case.observations.isolated_elsewhere(case.exchanger.vendor)
    vendor = f" (a gateway of {case.exchanger.vendor})" if case.exchanger.vendor else ""
    source = case.refusal.source or "an unknown address"
    yield (
        f"{case.exchanger.name}{vendor} refused {case.overall.refused:,} of {len(case.overall):,} recipients at "
        f"stage {case.refusal.stage} (those refused earlier are not counted); sent from {source}: "
        f"{case.series.refused:,} of {len(case.series):,}."
    )
    yield (
        f"Isolated refusals (recipients before and after accepted): {_isolated(case.exchanger.isolated)} here, "
        f"{_isolated(elsewhere)} at gateways of other vendors."
    )
    run = case.run
    if run is not None and run.length > 1:
        end = "ended by an acceptance" if run.accepted_after is not None else "with no acceptance after it"
        yield f"This refusal is part of a run of {run.length:,} refusals in {run.last - run.first:,.0f} s, {end}."
    elif run is not None:
        sides = [
            where for where, at in (("before", run.accepted_before), ("after", run.accepted_after)) if at is not None
        ]
        yield _NEIGHBOURS[tuple(sides)]
    other = len(case.exchanger.sources) - 1
    if other:
        rest = len(case.overall) - len(case.series)
        refused = case.exchanger.series(EVERY_SOURCE, case.rank).refused - case.series.refused
        yield f"Sent from {other} other address{'es' if other > 1 else ''}: {refused:,} of {rest:,} refused."


def _isolated(counts: IsolatedRefusals) -> str:
    reports = f" and {counts.reported:,} later report{'s' if counts.reported > 1 else ''}" if counts.reported else ""
    return f"{counts.isolated:,}{reports} among {counts.accepted:,} acceptances"


def _meaning(function: Callable[[RefusalCase], float]) -> str:
    """Return what an evidence function looks at, from the first line of its docstring."""
    line = (function.__doc__ or "").partition("\n")[0].rstrip(".")
    for verb in _VERBS:
        line = line.removeprefix(verb)
    return line[:1].lower() + line[1:]
