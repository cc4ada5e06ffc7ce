"""fivefifty serve: the gateways of a scenario in real time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from probe.cli.options import AllowNetwork, RunOut, ScenarioFile, Seed, load_scenario, networks, seconds_of, within
from probe.cli.output import print_lines


def serve(
    scenario: ScenarioFile,
    *,
    port: Annotated[int, typer.Option(metavar="PORT", callback=within(1, 65535), help="Port of every gateway.")] = 2525,
    dns_port: Annotated[
        int, typer.Option(metavar="PORT", callback=within(1, 65535), help="Port of the nameserver.")
    ] = 5300,
    dns_address: Annotated[str, typer.Option(metavar="ADDRESS", help="Address of the nameserver.")] = "127.0.0.53",
    report_port: Annotated[
        int,
        typer.Option(
            metavar="PORT",
            callback=within(1, 65535),
            help="Port that delivery reports are sent to, at the return-path's MX.",
        ),
    ] = 25,
    submission_port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT",
            callback=within(1, 65535),
            help="Another port of every gateway, for clients that log in (AUTH); STARTTLS as on the first.",
        ),
    ] = None,
    tls_port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT",
            callback=within(1, 65535),
            help="Another port of every gateway, with TLS from the start, for clients that log in.",
        ),
    ] = None,
    speed: Annotated[
        float,
        typer.Option(
            metavar="FACTOR",
            callback=within(0.001, 1_000_000),
            help="How fast the gateways' clock runs; 60 makes an hour last a minute.",
        ),
    ] = 1.0,
    until_quiet: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION", help="Stop after this long without mail, such as 30s, but not before the first mail."
        ),
    ] = None,
    seed: Seed = None,
    out: RunOut = None,
    allow_network: AllowNetwork = None,
) -> None:
    """Serve a scenario's gateways and DNS in real time, for Postfix, swaks or any other sender.

    Ctrl-C stops it and writes the books; score them with check --reported.
    """
    from probe.lab import event_loop, serving_guide
    from probe.lab import serve as lab
    from probe.lab.prepare import prepare

    loaded = load_scenario(scenario, seed, served=True)
    folder = out or Path("runs") / loaded.scenario.name
    quiet_s = None if until_quiet is None else seconds_of("--until-quiet", until_quiet)
    prepared = prepare(loaded)
    listen = lab.ListenAddresses(
        smtp_port=port,
        dns_address=dns_address,
        dns_port=dns_port,
        report_port=report_port,
        submission_port=submission_port,
        tls_port=tls_port,
        allowed=networks(allow_network),
    )

    authority = lab.authority_of(prepared)

    def ready() -> None:
        print_lines(serving_guide.write(prepared, listen, folder, authority.pem))
        print("ready; Ctrl-C ends it and writes the books", flush=True)

    written = event_loop.run(
        lab.serve(prepared, folder, listen, speed=speed, authority=authority, ready=ready, until_quiet_s=quiet_s)
    )
    print_lines([f"{written:,} decisions are in {folder / 'ledger.sqlite'}"])
