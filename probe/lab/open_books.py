"""Begins the books of a run: its notes, gateways and mailboxes."""

from __future__ import annotations

import json

from probe.lab.prepare import Setting
from probe.ledger import KnownGateway, Ledger, Mailbox


def open_books(ledger: Ledger, setting: Setting, transport: str) -> None:
    """Write into new books whose they are, and what is true of gateways and mailboxes."""
    scenario = setting.loaded.scenario
    ledger.note("complete", "no")
    ledger.note("scenario", scenario.name)
    ledger.note("title", scenario.title)
    ledger.note("seed", str(scenario.seed))
    ledger.note("transport", transport)
    ledger.note("campaigns", json.dumps([each.name for each in scenario.campaign]))
    ledger.note("foreign", json.dumps(sorted(setting.foreign)))
    ledger.note("expect", json.dumps(scenario.expect))
    ledger.note("prices", scenario.prices.model_dump_json())
    ledger.add(
        KnownGateway(
            company.name,
            company.persona.name,
            company.host,
            company.address,
            len(setting.directories[company.name].states),
        )
        for company in setting.companies
    )
    ledger.add(
        Mailbox(address, name, state, directory.left_at.get(address))
        for name, directory in setting.directories.items()
        for address, state in directory.states.items()
    )
