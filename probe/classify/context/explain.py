"""One verdict accounted for: every piece of evidence, what it adds, and where that leaves the probability."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from probe.classify.context.case import Case
from probe.classify.context.evidence import FUNCTIONS
from probe.classify.context.observations import EVERY_SOURCE, Lone
from probe.classify.context.reader import Reader, case_of, probability
from probe.classify.evidence import Evidence

_MEANING = {function.__name__: (function.__doc__ or "").partition("\n")[0].rstrip(".") for function in FUNCTIONS}


def account(reader: Reader, campaign: Mapping[str, Evidence], recipient: str) -> Iterator[str]:
    """Yield lines about a recipient's reading: what was heard around it, the weights, the verdict."""
    evidence = campaign[recipient]
    case = case_of(evidence, reader.around)
    if case is not None:
        yield from _around(case)
        log_odds, found = reader.first_verdict(case)
        yield ""
        yield "Log odds that the mailbox is alive (nats; above 0 it is likelier alive than not)"
        yield f"  {reader.weights.first.base:+6.2f}  before anything is known but that it was refused"
        for added, name in sorted(found, key=lambda each: -abs(each[0])):
            if added:
                yield f"  {added:+6.2f}  {name.replace('_', ' ')}: {_MEANING[name]}"
        added_up = reader.weights.first.base + sum(added for added, _ in found)
        yield f"  {added_up:+6.2f}  in all, which was worth {log_odds:+.2f} on scenarios: {probability(log_odds):.0%}"
    reading = reader.read(evidence)
    yield ""
    yield f"cause      {reading.cause.value if reading.cause else 'none'}"
    yield f"alive      {reading.alive:.1%}" if reading.alive is not None else "alive      nobody knows"
    yield f"advice     {reading.advice.value}"
    yield f"reasons    {reading.reason}"


def _around(case: Case) -> Iterator[str]:
    """Yield what was heard around a refusal."""
    elsewhere = case.around.lone_elsewhere(case.place.vendor)
    vendor = f", a gateway of {case.place.vendor}" if case.place.vendor else ""
    yield (
        f"At {case.place.name}{vendor}, of {len(case.overall.times):,} recipients who came as far as {case.stage}, "
        f"{case.overall.refused:,} were refused there; of those from {case.attempt.local_address or 'nowhere'}, "
        f"{case.series.refused:,} of {len(case.series.times):,}."
    )
    yield f"Refusals that stand alone: {_alone(case.place.lone)} here, {_alone(elsewhere)} at other vendors' gateways."
    run = case.run
    if run is not None and run.length > 1:
        ends = "until somebody was taken again" if run.ended is not None else "and nobody was taken after it"
        yield f"This one stands in a run of {run.length:,} refusals in {run.last - run.first:,.0f} s, {ends}."
    elif run is not None:
        beside = [where for where, at in (("before", run.began), ("after", run.ended)) if at is not None]
        yield f"The recipient {' and the one '.join(beside)} it was taken." if beside else "It is the only one."
    other = len(case.place.sources) - 1
    if other:
        rest = len(case.overall.times) - len(case.series.times)
        refused = case.place.series(EVERY_SOURCE, case.rank).refused - case.series.refused
        yield f"From {other} other address{'es' if other > 1 else ''}: {refused:,} of {rest:,} refused."


def _alone(lone: Lone) -> str:
    came_home = f", {lone.reported:,} came home later" if lone.reported else ""
    return f"{lone.alone:,} beside {lone.accepted:,} acceptances{came_home}"
