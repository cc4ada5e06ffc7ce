"""fivefifty diagnose: find out why a gateway refuses a recipient."""

from __future__ import annotations

from typing import Annotated

import typer

from probe.cli.exit_codes import Exit, keeping_nothing
from probe.cli.options import AsJson, ScenarioFile, Seed, load_scenario
from probe.cli.output import printing
from probe.sender.transport import TransportName


def diagnose(
    scenario: ScenarioFile,
    *,
    recipient: Annotated[str, typer.Option(metavar="ADDRESS", help="A recipient that was refused.")],
    control: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A recipient of the same company that exists (default: its postmaster)."),
    ] = None,
    transport: Annotated[TransportName, typer.Option(help="Use sockets, or stay in memory.")] = "memory",
    most: Annotated[int, typer.Option("--experiments", min=1, help="Maximum number of experiments.")] = 15,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Find out why a gateway refuses a recipient, with a few experiments.

    The campaign is sent until the recipient is refused for good. Exits with 1 if it found why, 4 if it cannot tell.
    """
    import json

    from fake_gateways.smtp.envelope import is_address
    from probe.cli.console import PipedConsole
    from probe.diagnose.choice import Budget, Stopped
    from probe.diagnose.document import as_document
    from probe.input_error import InputError
    from probe.lab.diagnose_lab import SenderMeans, diagnose_prepared
    from probe.lab.prepare import prepare
    from probe.report.terminal.diagnosis import print_diagnosis

    for option, address in (("--recipient", recipient), ("--control", control)):
        if address is not None and not is_address(address):
            raise InputError(option, f"{address!r} is not a valid address", "write for example ann@acme.example")
    prepared = prepare(load_scenario(scenario, seed))
    with keeping_nothing():
        budget = Budget(experiments=most)
        found = diagnose_prepared(prepared, recipient, transport, SenderMeans(control=control), budget)
    with printing():
        if as_json:
            print(json.dumps(as_document(found), indent=2))
        else:
            print_diagnosis(PipedConsole(), found)
    raise typer.Exit(Exit.REASON_FOUND if found.stopped is Stopped.DECIDED else Exit.CANNOT_TELL)
