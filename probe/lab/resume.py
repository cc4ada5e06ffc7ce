"""Resumes an interrupted run: finds the lanes that are not finished, and what is left to do in each."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from probe.input_error import InputError
from probe.lab.lane_job import LaneJob
from probe.lab.options import Options
from probe.lab.prepare import PreparedScenario
from probe.ledger import FILE, Ledger
from probe.sender.resume import remaining_work
from probe.sender.retry import RetrySchedule
from probe.user_files import is_file


def remaining_lanes(prepared: PreparedScenario, options: Options, lanes: Sequence[LaneJob]) -> list[LaneJob] | None:
    """Return the lanes that are not finished, after deleting their rows; None if the folder holds no run.

    A lane of simulated gateways restarts from its beginning, because its gateways lost their memory. A lane with a
    real server continues where it stopped, because such a server remembers. Raises InputError for the books of another
    run.
    """
    if not is_file(options.out / FILE):
        return None
    with Ledger.open(options.out) as ledger:
        begun = ledger.note("begun")
        if begun is None:
            return None
        if begun != prepared.fingerprint or ledger.note("transport") != options.transport:
            problem = "holds a run of another scenario, seed or transport"
            raise InputError(options.out, problem, "run what was begun there, or choose another folder with --out")
        finished = ledger.finished_lanes()
        unfinished = [lane for lane in lanes if lane.name not in finished]
        smart_host = prepared.loaded.scenario.sender.smart_host
        foreign = {
            lane.name
            for lane in unfinished
            if smart_host or any(each.spec.foreign for each in lane.population.companies)
        }
        simulated = [lane for lane in unfinished if lane.name not in foreign]
        if not ledger.complete:
            ledger.delete_unfinished(
                (lane.name for lane in simulated),
                (each.name for lane in simulated for each in lane.population.companies),
            )
        begun_lanes = {row.lane for row in ledger.planned()} if foreign else set()
        return [
            _continued(prepared, lane, ledger) if lane.name in foreign & begun_lanes else lane for lane in unfinished
        ]


def _continued(prepared: PreparedScenario, lane: LaneJob, ledger: Ledger) -> LaneJob:
    """Return a lane with its remaining work, and write the attempts whose outcome is in doubt."""
    sender = prepared.loaded.scenario.sender
    transactions = list(lane.transactions(prepared.loaded.scenario, lane.directories()))
    gateways = [company.name for company in lane.population.companies]
    remaining = remaining_work(
        lane.name,
        transactions,
        (attempt for attempt in ledger.attempts() if attempt.lane == lane.name),
        (intent for intent in ledger.intents() if intent.lane == lane.name),
        schedule=RetrySchedule(sender.retry),
        messages=prepared.messages,
        starts=prepared.loaded.scenario.starts.timestamp(),
    )
    ledger.add(remaining.in_doubt)
    # Of what was planned, an interrupted run has written what was due by then.
    known = set(ledger.planned())
    rows = (lane.planned(delivery) for transaction in transactions for delivery in transaction)
    ledger.add(row for row in rows if row not in known)
    written = {
        table: sum(rows.number for owner, rows in owners.items() if owner in {lane.name, *gateways})
        for table, owners in ledger.rows_by_owner().items()
    }
    return dataclasses.replace(lane, remaining=remaining, written=written)
