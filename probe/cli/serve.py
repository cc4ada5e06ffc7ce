"""fivefifty serve: the gateways of a scenario in real time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from fake_gateways.units import parse_duration
from probe.cli.console import AllowNetwork, ScenarioFile, app, load_scenario, networks
from probe.cli.run import Out, Seed
from probe.harmless import harmless
from probe.input_error import InputError
from probe.lab import event_loop
from probe.lab import serve as listen
from probe.lab.prepare import PreparedScenario, prepare
from probe.lab.serve import Place


@app.command()
def serve(
    scenario: ScenarioFile,
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of every gateway.")] = 2525,
    dns_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the nameserver.")] = 5353,
    dns_address: Annotated[str, typer.Option(help="Address of the nameserver.")] = "127.0.0.53",
    report_port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port that delivery reports go to, at the return-path's MX.")
    ] = 25,
    speed: Annotated[float, typer.Option(min=0.001, max=1e6, help="How many times as fast as real time goes.")] = 1.0,
    until_quiet: Annotated[
        str | None,
        typer.Option(help="End by itself when, after the first decision, there was none for so long, such as 30s."),
    ] = None,
    seed: Seed = None,
    out: Out = None,
    allow_network: AllowNetwork = None,
) -> None:
    """Serve a scenario's gateways and names in real time, for Postfix, swaks or any other sender."""
    loaded = load_scenario(scenario, seed)
    folder = out or Path("runs") / loaded.scenario.name
    quiet_s = None if until_quiet is None else _duration(until_quiet)
    prepared = prepare(loaded)
    place = Place(port, dns_address, dns_port, report_port, networks(allow_network))

    def ready() -> None:
        sources = [ip.address for ip in loaded.scenario.sender.ips]
        recipients = folder / "recipients.csv"
        recipients.write_text("email\n" + "".join(f"{address}\n" for address in prepared.everybody), "utf-8")
        table = folder / "postfix_transport"
        table.write_text(transport_map(prepared, place), "utf-8")
        for line in directions(prepared, place, prepared.everybody[0], sources, table):
            print(harmless(line))
        print(harmless(f"\nrecipients   {recipients}"))
        print("ready; Ctrl-C ends it and writes the books", flush=True)

    written = event_loop.run(listen.serve(prepared, folder, place, speed=speed, ready=ready, until_quiet_s=quiet_s))
    print(harmless(f"{written:,} decisions are in {folder / 'ledger.sqlite'}"))


def _duration(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        problem, _, remedy = str(error).partition("; ")
        raise InputError("--until-quiet", problem, remedy) from None


def transport_map(prepared: PreparedScenario, place: Place) -> str:
    """Return a Postfix transport table that leads every domain to its gateway (transport(5), texthash)."""
    return "".join(
        f"{domain} smtp:[{company.address}]:{place.smtp_port}\n"
        for company in prepared.companies
        for domain in company.domains
    )


def directions(
    prepared: PreparedScenario, place: Place, example: str, sources: Sequence[str], table: Path
) -> list[str]:
    """Return how to point a mail server at the gateways, line by line."""
    domain = example.rpartition("@")[2]
    company = next(each for each in prepared.companies if domain in each.domains)
    return [
        f"nameserver   {place.dns_address} port {place.dns_port}, UDP and TCP, for every name of the scenario",
        f"gateways     {len(prepared.companies)}, each on its own address, port {place.smtp_port}",
        "",
        "ask a name:",
        f"  dig @{place.dns_address} -p {place.dns_port} MX {domain}",
        "one message with swaks, from one of the sender's addresses:",
        f"  swaks --server {company.address}:{place.smtp_port} --local-interface {sources[0]} \\",
        f"    --from news@{prepared.loaded.scenario.sender.return_path} --to {example}",
        "a whole Postfix, in main.cf:",
        f"  smtp_bind_address = {sources[0]}",
        f"  transport_maps = texthash:{table.absolute()}",
    ]
