"""Resumes an interrupted run: which lanes are left, and what is left of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from probe.input_error import InputError
from probe.lab.lane_runner import LaneJob
from probe.lab.options import Options
from probe.lab.prepare import PreparedScenario
from probe.ledger import FILE, Ledger
from probe.sender.resume import remaining_work
from probe.sender.retry import RetrySchedule


def remaining_lanes(prepared: PreparedScenario, options: Options, lanes: Sequence[LaneJob]) -> list[LaneJob] | None:
    """Return the lanes that are left, their unfinished rows deleted; None where nothing had begun.

    A lane that was cut off is run again from its beginning: the memory of its gateway went with it. One that has a
    server of somebody else's goes on where it stopped, as such a server remembers.
    """
    if not (options.out / FILE).is_file():
        return None
    with Ledger.open(options.out) as ledger:
        begun = ledger.note("begun")
        if begun is None:
            return None
        if begun != prepared.fingerprint or ledger.note("transport") != options.transport:
            problem = "holds a run of another scenario, seed or transport"
            raise InputError(options.out, problem, "run what was begun there, or choose another folder with --out")
        finished = ledger.finished_lanes()
        left = [lane for lane in lanes if lane.name not in finished]
        smart_host = prepared.loaded.scenario.sender.smart_host
        strange = {lane.name for lane in left if smart_host or any(each.spec.foreign for each in lane.companies)}
        ours = [lane for lane in left if lane.name not in strange]
        if not ledger.complete:
            ledger.forget((lane.name for lane in ours), (each.name for lane in ours for each in lane.companies))
        return [_gone_on_with(prepared, lane, ledger) if lane.name in strange else lane for lane in left]


def _gone_on_with(prepared: PreparedScenario, lane: LaneJob, ledger: Ledger) -> LaneJob:
    """Return what is left of a lane at servers that are not ours, and write down what is in doubt."""
    sender = prepared.loaded.scenario.sender
    remaining = remaining_work(
        lane.name,
        lane.transactions,
        (attempt for attempt in ledger.attempts() if attempt.lane == lane.name),
        (intent for intent in ledger.intents() if intent.lane == lane.name),
        schedule=RetrySchedule(sender.retry),
        messages=prepared.messages,
        starts=prepared.loaded.scenario.starts.timestamp(),
    )
    ledger.add(remaining.in_doubt)
    return dataclasses.replace(lane, remaining=remaining)
