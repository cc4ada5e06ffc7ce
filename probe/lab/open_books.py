"""Writes the first rows of new books: notes about the run, its gateways and mailboxes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from fake_gateways.people.directory import Directory
from probe.judge.scorecard import AS_THE_LOG_SAYS
from probe.lab.lane_job import LaneJob
from probe.lab.prepare import PreparedScenario
from probe.ledger import Ledger
from probe.records.rows import KnownGateway, KnownLane, Mailbox

AS_LOGGED: Final = "as-logged"
"""The policy that replays a log."""


def open_books(ledger: Ledger, prepared: PreparedScenario, transport: str, lanes: Sequence[LaneJob] = ()) -> None:
    """Write the notes that name the run, its lanes, and the truth about its gateways."""
    scenario = prepared.loaded.scenario
    ledger.note("complete", "no")
    ledger.note("scenario", scenario.name)
    ledger.note("title", scenario.title)
    ledger.note("file", prepared.loaded.path)
    ledger.note("seed", str(scenario.seed))
    ledger.note("transport", transport)
    ledger.note("campaigns", json.dumps([each.name for each in scenario.campaign]))
    ledger.note("foreign", json.dumps(sorted(prepared.foreign)))
    ledger.note("expect", json.dumps(scenario.expect))
    ledger.note("prices", scenario.prices.model_dump_json())
    if any(policy.kind == AS_LOGGED for company in prepared.companies for policy in company.policies):
        ledger.note("truth_is", AS_THE_LOG_SAYS)
    ledger.add(KnownLane(lane.name, lane.deliveries) for lane in lanes)
    lane_of = {company.name: lane.name for lane in lanes for company in lane.population.companies}
    ledger.add(
        KnownGateway(
            name=company.name,
            persona=company.persona.name,
            host=company.host,
            address=company.address,
            mailboxes=len(prepared.population.numbers[company.name]),
            lane=lane_of.get(company.name, ""),
        )
        for company in prepared.companies
    )


def mailboxes(directories: Mapping[str, Directory]) -> Iterator[Mailbox]:
    """Yield the mailboxes of directories, which are by gateway."""
    for name, directory in directories.items():
        for address, state in directory.states.items():
            yield Mailbox(address=address, gateway=name, state=state, left_at=directory.left_at.get(address))
