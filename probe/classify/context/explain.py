"""Explains one verdict: every piece of evidence, what it adds, and the probability that results."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from probe.classify.context.case import RefusalCase
from probe.classify.context.evidence import FUNCTIONS
from probe.classify.context.observations import EVERY_SOURCE, IsolatedRefusals
from probe.classify.context.reader import Reader, case_of, probability, speaks_of_recipient
from probe.classify.context.retests import refusals
from probe.classify.context.vendor import vendors
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
_SECOND = {
    "first_verdict": "the sum so far",
    "living_refused_again": "the living that this exchanger refuses again at that time, by first verdicts and retests",
    "living_refused_elsewhere": "the living that other exchangers refuse again",
    "company_refused_again": "the rounds in which the company accepted nobody, and how often others are refused again",
    "company_refused_for_long": "the rounds in which the company accepted nobody",
    "stage_of_the_refusal": "whether the refusals came before a recipient was named",
    "refused_by_report_again": "a report refused the retest",
}
"""The meanings of the figures of a second verdict."""


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
        yield from _second(reader, case, evidence, log_odds)
    if evidence.diagnosis is not None:
        yield ""
        yield _experiments(evidence.diagnosis)
    reading = reader.classify(evidence)
    yield ""
    yield f"cause      {reading.cause.value if reading.cause else 'none'}"
    yield f"alive      {reading.alive:.1%}" if reading.alive is not None else "alive      unknown"
    yield f"advice     {reading.advice.value}"
    yield f"reasons    {reading.reason}"


def _second(reader: Reader, case: RefusalCase, evidence: Evidence, log_odds: float) -> Iterator[str]:
    """Yield what each figure adds after a further refusal."""
    if evidence.diagnosis is not None or len(refusals(evidence)) < 2:
        return
    yield ""
    if not speaks_of_recipient(evidence):
        yield "Refused again in words that do not speak of the recipient: the sum remains."
        return
    after, found = reader.second_verdict(case, evidence, log_odds)
    yield "Refused again (nats)"
    yield f"  {reader.weights.again.base:+6.2f}  before any evidence: a retest was refused"
    for added, name in found:
        if added:
            yield f"  {added:+6.2f}  {name.replace('_', ' ')}: {_SECOND[name]}"
    total = reader.weights.again.base + sum(added for added, _ in found)
    yield f"  {total:+6.2f}  in total; calibrated on scenarios: {after:+.2f}, or {probability(after):.0%}"


def _experiments(diagnosis: Diagnosed) -> str:
    whom = "this recipient" if diagnosis.asked else "recipients that were refused in the same words"
    causes = ", ".join(f"{cause} {weight:.0%}" for cause, weight in diagnosis.causes.items() if weight >= _WORTH_NAMING)
    return f"Experiments about {whom}: {causes}; alive {diagnosis.alive:.1%}. This takes the place of the sum."


def _circumstances(case: RefusalCase) -> Iterator[str]:
    """Yield what happened around a refusal."""
    elsewhere = case.observations.isolated_elsewhere(case.exchanger.vendor)
    vendor = f" (a gateway of {case.exchanger.vendor})" if case.exchanger.vendor in vendors() else ""
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
    company = case.company
    if company.rounds_with_tests > 1 and not company.accepted:
        yield (
            f"{case.refusal.company} has refused everybody in {company.rounds_with_tests:,} rounds, six hours or more "
            f"apart, since it last accepted anybody."
        )
    if case.exchanger.has_tenants:
        yield (
            f"Recipients at {case.refusal.company}: {company.refused:,} of {company.refused + company.accepted:,} "
            f"refused; the exchanger serves other domains too."
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
    return f"{counts.isolated:,} among {counts.accepted:,} acceptances"


def _meaning(function: Callable[[RefusalCase], float]) -> str:
    """Return what an evidence function looks at, from the first line of its docstring."""
    line = (function.__doc__ or "").partition("\n")[0].rstrip(".")
    for verb in _VERBS:
        line = line.removeprefix(verb)
    return line[:1].lower() + line[1:]
