"""Commands that send: run and serve."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fake_gateways.units import parse_duration
from probe.classify.registry import PATIENCE_S, choose_for
from probe.cli.check import BaselineFile, Gate, Price, conclude
from probe.cli.ci_reports import Reports, read_reports
from probe.cli.classifiers import AllowPrograms, Patience, Wanted
from probe.cli.console import AllowNetwork, InterruptedRunError, ScenarioFile, app, load_scenario, networks
from probe.harmless import harmless
from probe.input_error import InputError
from probe.judge import baseline_file as baseline_files
from probe.judge import gates
from probe.judge.prices import read_prices
from probe.lab import event_loop
from probe.lab import run as lab
from probe.lab import serve as serving
from probe.lab.prepare import set_up
from probe.report.terminal.live_progress import Watching


class TransportName(StrEnum):
    """How the sender reaches the gateways."""

    TCP = "tcp"
    MEMORY = "memory"


Seed = Annotated[int | None, typer.Option(help="Another seed than the scenario's.")]
Out = Annotated[Path | None, typer.Option(help="Folder for the books (default: runs/NAME).")]


@app.command()
def run(
    scenario: ScenarioFile,
    *,
    transport: Annotated[TransportName, typer.Option(help="Real sockets, or none.")] = TransportName.TCP,
    seed: Seed = None,
    out: Out = None,
    classifier: Wanted = None,
    classifier_timeout: Patience = PATIENCE_S,
    allow_programs: AllowPrograms = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes (default: by size of the campaign).")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was cut off.")] = False,
    log: Annotated[Path | None, typer.Option(help="Add every attempt and decision to a file, as JSON Lines.")] = None,
    transcripts: Annotated[
        bool, typer.Option("--transcripts", help="Keep every dialogue, for fivefifty show.")
    ] = False,
    gate: Gate = None,
    baseline: BaselineFile = None,
    price: Price = None,
    report: Reports = None,
    allow_network: AllowNetwork = None,
) -> None:
    """Run a scenario and judge it: the campaigns go out, the books are joined, the classifiers are scored."""
    loaded = load_scenario(scenario, seed)
    reports = read_reports(report)
    allowed = networks(allow_network)
    classifiers = choose_for(
        loaded, classifier, patience_s=classifier_timeout, allowed=allowed, programs=allow_programs
    )
    folder = out or Path("runs") / loaded.scenario.name
    setting = set_up(loaded)
    options = lab.Options(
        transport.value,
        folder,
        classifiers,
        workers,
        allowed,
        resume,
        log,
        transcripts,
        tuple(gates.from_text(text) for text in gate or ()),
        read_prices(price or [], loaded.scenario.prices),
    )
    known = None if baseline is None else baseline_files.read(baseline)
    try:
        with Watching(loaded.scenario.name) as watching:
            result = lab.run(setting, options, begin=watching.begin, tell=watching.tell)
    except KeyboardInterrupt:
        raise InterruptedRunError(folder) from None
    conclude(result, folder, None if known is None or baseline is None else (known, baseline), reports, scenario)


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
    setting = set_up(loaded)
    place = serving.Place(port, dns_address, dns_port, report_port, networks(allow_network))

    def ready() -> None:
        sources = [ip.address for ip in loaded.scenario.sender.ips]
        recipients = folder / "recipients.csv"
        recipients.write_text("email\n" + "".join(f"{address}\n" for address in setting.everybody), "utf-8")
        table = folder / "postfix_transport"
        table.write_text(serving.transport_map(setting, place), "utf-8")
        for line in serving.directions(setting, place, setting.everybody[0], sources, table):
            print(harmless(line))
        print(harmless(f"\nrecipients   {recipients}"))
        print("ready; Ctrl-C ends it and writes the books", flush=True)

    written = event_loop.run(serving.serve(setting, folder, place, speed=speed, ready=ready, until_quiet_s=quiet_s))
    print(harmless(f"{written:,} decisions are in {folder / 'ledger.sqlite'}"))


def _duration(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        problem, _, remedy = str(error).partition("; ")
        raise InputError("--until-quiet", problem, remedy) from None
