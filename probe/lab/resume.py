"""Resumes an interrupted run: finds the lanes that are not finished, and what is left to do in each."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from probe.input_error import InputError
from probe.lab.lane_job import LaneJob
from probe.lab.lane_processes import delete_rows, unfinished_of
from probe.lab.options import Options
from probe.lab.prepare import PreparedScenario
from probe.ledger import FILE, Ledger
from probe.records.attempt import Attempt
from probe.records.rows import Intent, Planned
from probe.sender.resume import remaining_work
from probe.sender.retry import RetrySchedule
from probe.user_files import is_file

Row = TypeVar("Row", Attempt, Intent, Planned)


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
        unfinished = unfinished_of(ledger, lanes)
        smart_host = prepared.loaded.scenario.sender.smart_host
        foreign = {
            lane.name
            for lane in unfinished
            if smart_host or any(each.spec.foreign for each in lane.population.companies)
        }
        simulated = [lane for lane in unfinished if lane.name not in foreign]
        if not ledger.complete:
            delete_rows(ledger, simulated)
        begun_lanes = {row.lane for row in ledger.planned()} if foreign else set()
        continued = _continued(prepared, [lane for lane in unfinished if lane.name in foreign & begun_lanes], ledger)
        return [continued.get(lane.name, lane) for lane in unfinished]


def _continued(prepared: PreparedScenario, lanes: Sequence[LaneJob], ledger: Ledger) -> dict[str, LaneJob]:
    """Return lanes with their remaining work, and write the attempts whose outcome is in doubt."""
    scenario = prepared.loaded.scenario
    attempts, intents, planned = _by_lane(ledger.attempts()), _by_lane(ledger.intents()), _by_lane(ledger.planned())
    left = {}
    for lane in lanes:
        transactions = list(lane.transactions(scenario, lane.directories()))
        left[lane.name] = remaining_work(
            lane.name,
            transactions,
            attempts[lane.name],
            intents[lane.name],
            schedule=RetrySchedule(scenario.sender.retry),
            messages=prepared.messages,
            starts=scenario.starts.timestamp(),
        )
        ledger.add(left[lane.name].in_doubt)
        # Of what was planned, an interrupted run has written what was due by then.
        known = set(planned[lane.name])
        rows = (lane.planned(delivery) for transaction in transactions for delivery in transaction)
        ledger.add(row for row in rows if row not in known)
    tables = ledger.rows_by_owner()
    found = {}
    for lane in lanes:
        owners = {lane.name, *(company.name for company in lane.population.companies)}
        written = {table: sum(of[owner].number for owner in owners & of.keys()) for table, of in tables.items()}
        found[lane.name] = dataclasses.replace(lane, remaining=left[lane.name], written=written)
    return found


def _by_lane(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    found = defaultdict[str, list[Row]](list)
    for row in rows:
        found[row.lane].append(row)
    return found
