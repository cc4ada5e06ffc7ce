"""Diagnoses the recipients of a finished run of whom ``context`` is not sure, in groups and within one budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from fake_gateways.smtp.envelope import domain_of
from probe.classify.context import Context
from probe.classify.context.reader import is_unsure
from probe.classify.evidence import Evidence
from probe.diagnose.choice import NOTHING, Budget
from probe.diagnose.doubtful import LONGEST_WAIT_S, Doubt, Group, again_after, grouped, most_worth, rows_of
from probe.diagnose.patterns import shipped
from probe.diagnose.run_document import DoubtfulRun
from probe.diagnose.target import diagnose_target
from probe.input_error import InputError
from probe.judge.books import CampaignStream, LaneReader
from probe.lab import event_loop
from probe.lab.diagnose_lab import (
    Lab,
    LabLane,
    SenderMeans,
    lab_of,
    open_lane,
    require_simulated,
)
from probe.lab.gateways import require_scanners
from probe.lab.lane_job import LaneJob
from probe.lab.plan import plan_lanes
from probe.lab.prepare import PreparedScenario
from probe.lab.reconsidered import reconsidered
from probe.ledger import Ledger
from probe.ledger.diagnoses import replace_diagnoses
from probe.records.attempt import Outcome
from probe.sender.transport import TransportName
from probe.shortage import shortages
from probe.user_files import is_file

OnAsked = Callable[[int, int], None]
"""Gets the number of experiments that were made, and that which may be made."""


def diagnose_run(
    folder: Path,
    prepared: PreparedScenario,
    transport: TransportName,
    budget: Budget,
    tell: OnAsked = lambda *_: None,
) -> DoubtfulRun:
    """Diagnose the doubtful recipients of a run, and write what was found into its books; raises InputError.

    Diagnoses that were there are not looked at, and replaced.
    """
    require_simulated(prepared, transport)
    with Ledger.open(folder) as ledger:
        _require_same(ledger, prepared)
        with ledger.shared():
            run = DoubtfulRun(prepared.loaded.scenario.name, grouped(_doubts(ledger)), budget)
            lanes = {
                domain: job
                for job in plan_lanes(prepared)
                for company in job.population.companies
                for domain in company.domains
            }
            with shortages():
                event_loop.run(require_scanners(prepared, ()))
                event_loop.run(_Asking(prepared, lanes, transport, tell).ask(run))
            rows = (
                rows_of(group, lanes[domain_of(group.members[0].attempt.recipient).lower()].name)
                for group in run.groups
                if group.members
            )
            replace_diagnoses(ledger.path, chain.from_iterable(rows))
    return run


def scenario_of(ledger: Ledger, given: Path | None) -> Path:
    """Return the file of a run's scenario: that which is given, or else that which the books name."""
    if given is not None:
        return given
    path = Path(ledger.note("file") or "")
    if not is_file(path):
        raise InputError(ledger.path, f"is of {path}, which is not there", "name its scenario with --scenario")
    return path


def _require_same(ledger: Ledger, prepared: PreparedScenario) -> None:
    if prepared.loaded.scenario.sender.diagnose is not None:
        problem = "has asked about its doubtful recipients during the run"
        raise InputError(ledger.path, problem, "read what was found with fivefifty check, or remove sender.diagnose")
    if not ledger.complete:
        raise InputError(ledger.path, "is not finished", "finish it with fivefifty run --resume")
    if ledger.note("begun") != prepared.fingerprint:
        problem = f"holds no run of {prepared.loaded.path} as it is now"
        raise InputError(ledger.path, problem, "name its scenario with --scenario, or run it again")


def _doubts(ledger: Ledger) -> Iterator[Doubt]:
    """Yield the recipients of whom ``context`` is not sure, by the last campaign to each."""
    context, books = Context(), LaneReader(ledger)
    lasts: dict[str, Doubt | None] = {}
    for campaign in ledger.campaigns:
        everybody = CampaignStream(books, campaign, books.lanes)
        reader = context.reader([context.observe(everybody)])
        for evidence in everybody:
            reading = reader.classify(replace(evidence, diagnosis=None) if evidence.diagnosis else evidence)
            is_doubtful = _was_refused(evidence) and is_unsure(reading)
            if is_doubtful and reading.alive is not None:
                lasts[evidence.recipient] = Doubt(evidence.last, reading.alive)
            elif evidence.recipient in lasts:
                lasts[evidence.recipient] = None
    return (each for each in lasts.values() if each is not None)


def _was_refused(evidence: Evidence) -> bool:
    return evidence.last.outcome == Outcome.REFUSED


@dataclass(frozen=True)
class _Asking:
    """Asks the gateways of a run, as they are at its end. ``lanes`` are by domain."""

    prepared: PreparedScenario
    lanes: Mapping[str, LaneJob]
    transport: TransportName
    tell: OnAsked

    async def ask(self, run: DoubtfulRun) -> None:
        """Make experiments where they settle most recipients for their cost, until nothing is left or can be paid."""
        async with AsyncExitStack() as stack:
            opened: dict[str, LabLane] = {}
            labs: list[tuple[Group, Doubt, Lab]] = []
            while (group := most_worth(run.groups)) is not None and (member := group.next) is not None:
                budget = run.left
                if budget.is_spent:
                    break
                job = self.lanes[domain_of(member.attempt.recipient).lower()]
                lane = opened.get(job.name)
                if lane is None:
                    lane = opened[job.name] = await stack.enter_async_context(
                        open_lane(self.prepared, job, self.transport)
                    )
                    await lane.run()
                lab = await _diagnose(group, member, lane, budget)
                if lab is not None:
                    labs.append((group, member, lab))
                self.tell(run.experiments, run.budget.experiments)
            for group, member, lab in labs:
                group.asked[lab.recipient] = reconsidered(group, member, lab)


async def _diagnose(group: Group, member: Doubt, lane: LabLane, budget: Budget) -> Lab | None:
    """Diagnose a member of a group; of the first one find the cause too. Return its gateway, None without any.

    Patterns are about gateways as they are after a refusal. So it begins with whether they still refuse: if not, the
    cause has passed, and no other experiment can tell it.
    """
    now = lane.clock.now()
    lab = await lab_of(lane, member.attempt._replace(at=now), SenderMeans())
    if lab is None:  # its domain has no mail server any more
        group.members = [each for each in group.members if each is not member]
        return None
    if group.asked:
        budget = replace(budget, longest_wait_s=LONGEST_WAIT_S)
    if not group.is_still_refused:
        again = again_after(now - member.attempt.at)
        observed = await lab.carry_out(again)
        lab.earlier = [(again, observed)]
        if observed.result.outcome is Outcome.DELIVERED:
            budget = NOTHING
    group.asked[lab.recipient] = await diagnose_target(
        lab, shipped(), budget, expecting=group.expectation(member), of_cause=not group.asked
    )
    return lab
