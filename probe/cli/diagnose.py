"""fivefifty diagnose: find out why a gateway refuses a recipient."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from probe.cli.exit_codes import keeping_nothing
from probe.cli.options import AsJson, DiagnosisPage, Letter, Seed, load_scenario, refuse
from probe.input_error import InputError
from probe.sender.transport import TransportName

_LONGEST: Final = "10m"
_MOST_OF_A_RUN: Final = 100


def diagnose(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="A scenario, as for run; a mail server: HOST, HOST:PORT or [IPv6]:PORT; or with --doubtful a run.",
        ),
    ],
    *,
    recipient: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A recipient that was refused.", show_default=False)
    ] = None,
    doubtful: Annotated[
        bool, typer.Option("--doubtful", help="Diagnose all recipients of a run of whom context is not sure.")
    ] = False,
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --doubtful: the run's scenario, if it was moved.")
    ] = None,
    control: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A recipient of the same company that exists (default: its postmaster)."),
    ] = None,
    most: Annotated[
        int | None,
        typer.Option("--experiments", min=1, help="Maximum number of experiments (default: 15; for a run 100 in all)."),
    ] = None,
    transport: Annotated[
        TransportName | None,
        typer.Option(help="For a scenario: use sockets, or stay in memory (the default).", show_default=False),
    ] = None,
    seed: Seed = None,
    message: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For a host: the refused message. It is sent, and may be delivered."),
    ] = None,
    return_path: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="ADDRESS",
            help="For a host: the return-path of your mail. Repeat with one of another domain of yours.",
        ),
    ] = None,
    helo: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="For a host: the name in EHLO (default: the domain of the return-path)."),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(metavar="IP", help="For a host: an IP address of yours, the usual one first. Repeat for several."),
    ] = None,
    allow: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For a host beyond this machine: the list that allows to ask it."),
    ] = None,
    longest: Annotated[
        str | None,
        typer.Option("--for", metavar="DURATION", help=f"For a host: how long it may take (default: {_LONGEST})."),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For a host: where all that was asked is kept (see the manual)."),
    ] = None,
    as_json: AsJson = False,
    letter: Letter = None,
    html: DiagnosisPage = None,
) -> None:
    """Find out why a gateway refuses a recipient, with a few experiments.

    The campaign of a scenario is sent until the recipient is refused for good. A host is asked for the recipient first.
    Exits with 0 if the recipient is accepted by now, or if it found only that the mailbox is alive; with 1 if it found
    why mail is refused; and with 4 if it cannot tell.

    With --doubtful it diagnoses recipients of a run, first those whose diagnosis settles most recipients for its cost.
    """
    from fake_gateways.smtp.envelope import is_address
    from probe.cli.diagnosis_output import Form
    from probe.diagnose.choice import Budget
    from probe.diagnose.host.host_name import names_host
    from probe.user_files import exists

    form = Form(as_json, letter, html)
    ours = [("--from", each) for each in return_path or ()]
    for option, address in (("--recipient", recipient), ("--control", control), *ours):
        if address is not None and not is_address(address):
            raise InputError(option, f"{address!r} is not a valid address", "write for example ann@acme.example")
    host_options = {"--message": message, "--from": return_path, "--helo": helo, "--source": source}
    host_options |= {"--allow": allow, "--for": longest, "--state": state}
    if doubtful:
        of_one = {"--recipient": recipient, "--control": control, "--seed": seed, "--letter": letter, "--html": html}
        refuse({**of_one, **host_options}, "--doubtful is about a whole run")
        from probe.cli.diagnose_run import diagnose_run

        diagnose_run(Path(target), scenario, transport or "memory", most or _MOST_OF_A_RUN, as_json=as_json)
    if recipient is None:
        raise InputError("--recipient", "is missing", "name a recipient that was refused, or add --doubtful to a run")
    refuse({"--scenario": scenario}, "it belongs to --doubtful")
    budget = Budget() if most is None else Budget(experiments=most)
    if exists(Path(target)) or not names_host(target):
        refuse(host_options, f"{target} is a scenario")
        from probe.lab.diagnose_lab import SenderMeans, diagnose_prepared
        from probe.lab.prepare import prepare
        from probe.scenario.shipped_files import located

        prepared = prepare(load_scenario(located(Path(target)), seed))
        extra = SenderMeans(control=control)
        with keeping_nothing():
            found = diagnose_prepared(prepared, recipient, transport or "memory", extra, budget)
        raise typer.Exit(form.show(found))
    refuse({"--transport": transport, "--seed": seed}, f"{target} is a host")
    from probe.cli.ask_host import ask_host, asking_for

    asking = asking_for(
        target,
        recipient=recipient,
        control=control,
        message=message,
        return_paths=return_path or [],
        helo=helo,
        sources=source or [],
        allow=allow,
        longest=longest or _LONGEST,
    )
    outcome = ask_host(asking, state, replace(budget, longest_wait_s=asking.most_s))
    raise typer.Exit(form.show(outcome))
