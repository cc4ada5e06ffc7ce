"""Begins the books of a run: its notes, gateways and mailboxes."""

from __future__ import annotations

import json

from probe.lab.prepare import PreparedScenario
from probe.ledger import KnownGateway, Ledger, Mailbox


def open_books(ledger: Ledger, prepared: PreparedScenario, transport: str) -> None:
    """Write into new books whose they are, and what is true of gateways and mailboxes."""
    scenario = prepared.loaded.scenario
    ledger.note("complete", "no")
    ledger.note("scenario", scenario.name)
    ledger.note("title", scenario.title)
    ledger.note("seed", str(scenario.seed))
    ledger.note("transport", transport)
    ledger.note("campaigns", json.dumps([each.name for each in scenario.campaign]))
    ledger.note("foreign", json.dumps(sorted(prepared.foreign)))
    ledger.note("expect", json.dumps(scenario.expect))
    ledger.note("prices", scenario.prices.model_dump_json())
    ledger.add(
        KnownGateway(
            company.name,
            company.persona.name,
            company.host,
            company.address,
            len(prepared.directories[company.name].states),
        )
        for company in prepared.companies
    )
    ledger.add(
        Mailbox(address, name, state, directory.left_at.get(address))
        for name, directory in prepared.directories.items()
        for address, state in directory.states.items()
    )
