"""The command line: arguments and exit codes only."""

from __future__ import annotations

import ipaddress
import json
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from fake_gateways.loopback import Network, OutsideError
from fake_gateways.persona_lint import remarks
from probe import event_loop, intaking, lab, serving
from probe.classify import BASELINES
from probe.input_error import InputError
from probe.intake.formats import FORMATS, MAILBOX
from probe.intake.write_scenario import import_as_scenario
from probe.ledger import Attempt, DeliveryReport, Ledger, Planned, Returned, Truth
from probe.report import shown
from probe.report.personas import print_list, print_persona
from probe.report.terminal import harmless, print_answer
from probe.report.watching import Filling, Watching
from probe.scenario.load import Loaded, load, load_persona
from probe.scenario.model import Scenario
from probe.setting import set_up

app = typer.Typer(
    help="Ground truth for bounce handling: gateways that lie, a sender that believes them, a judge that knows better.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
scenario_app = typer.Typer(help="Look at scenario files.", no_args_is_help=True)
app.add_typer(scenario_app, name="scenario")
personas_app = typer.Typer(help="Look at the vendors whose gateways are simulated.")
app.add_typer(personas_app, name="personas")


_COUNTED = (
    ("planned", Planned),
    ("attempts", Attempt),
    ("truth", Truth),
    ("reports", DeliveryReport),
    ("returned", Returned),
)


class Exit(IntEnum):
    """Exit codes, stable."""

    PASSED = 0
    GATE_FAILED = 1
    INPUT_WRONG = 2
    FAULT = 3
    CLASSIFIER_FAILED = 4
    INTERRUPTED = 130
    PIPE_CLOSED = 141


class InterruptedRunError(Exception):
    """Somebody pressed Ctrl-C during a run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"interrupted; {folder} holds what had happened until then; --resume goes on")


class PipeClosedError(Exception):
    """Whoever read our output has gone. Of its own kind, because click takes the system's for a failure."""


class _PipedConsole(Console):
    """A console that leaves it to the command to end when its reader has gone."""

    def on_broken_pipe(self) -> None:
        """Say so, where rich would exit with the code of a failed gate."""
        raise PipeClosedError


@contextmanager
def _printing() -> Iterator[None]:
    """Print to somebody who may go before the end."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise PipeClosedError from None


class TransportName(StrEnum):
    """How the sender reaches the gateways."""

    TCP = "tcp"
    MEMORY = "memory"


class ImportUse(StrEnum):
    """What becomes of a log."""

    SCENARIO = "scenario"
    EVENTS = "events"


ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (TOML).")]
AllowNetwork = Annotated[
    list[str] | None,
    typer.Option(help="A network beside loopback that addresses may be in, such as 10.1.0.0/16; repeat for several."),
]
Seed = Annotated[int | None, typer.Option(help="Another seed than the scenario's.")]
Out = Annotated[Path | None, typer.Option(help="Folder for the books (default: runs/NAME).")]


@app.command()
def run(
    scenario: ScenarioFile,
    *,
    transport: Annotated[TransportName, typer.Option(help="Real sockets, or none.")] = TransportName.TCP,
    seed: Seed = None,
    out: Out = None,
    classifier: Annotated[
        list[str] | None,
        typer.Option(help=f"Who reads the bounces; repeat for several (default: {', '.join(BASELINES)})."),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes (default: by size of the campaign).")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was cut off.")] = False,
    log: Annotated[Path | None, typer.Option(help="Add every attempt and decision to a file, as JSON Lines.")] = None,
    transcripts: Annotated[
        bool, typer.Option("--transcripts", help="Keep every dialogue, for fivefifty show.")
    ] = False,
    allow_network: AllowNetwork = None,
) -> None:
    """Run a scenario and judge it: the campaigns go out, the books are joined, the classifiers are scored."""
    loaded = _load(scenario, seed)
    classifiers = _classifiers(classifier)
    folder = out or Path("runs") / loaded.scenario.name
    setting = set_up(loaded)
    options = lab.Options(
        transport.value, folder, classifiers, workers, _networks(allow_network), resume, log, transcripts
    )
    try:
        with Watching(loaded.scenario.name) as watching:
            result = lab.run(setting, options, begin=watching.begin, tell=watching.tell)
    except KeyboardInterrupt:
        raise InterruptedRunError(folder) from None
    with _printing():
        print_answer(_PipedConsole(), result, str(folder))
    raise typer.Exit(Exit.PASSED if result.passed else Exit.GATE_FAILED)


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
    seed: Seed = None,
    out: Out = None,
    allow_network: AllowNetwork = None,
) -> None:
    """Serve a scenario's gateways and names in real time, for Postfix, swaks or any other sender."""
    loaded = _load(scenario, seed)
    folder = out or Path("runs") / loaded.scenario.name
    setting = set_up(loaded)
    place = serving.Place(port, dns_address, dns_port, report_port, _networks(allow_network))

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

    written = event_loop.run(serving.serve(setting, folder, place, speed=speed, ready=ready))
    print(harmless(f"{written:,} decisions are in {folder / 'ledger.sqlite'}"))


@app.command()
def books(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")],
    *,
    export: Annotated[bool, typer.Option("--export", help="Print the canonical books, a JSON object a line.")] = False,
) -> None:
    """Say what the books of a run hold, and whether it came to its end."""
    with Ledger.open(folder) as ledger, _printing():
        if export:
            for line in ledger.export():
                print(line)
            return
        state = "complete" if ledger.complete else "INCOMPLETE: the run ended before every recipient was finished with"
        print(f"scenario   {ledger.note('scenario')}, seed {ledger.note('seed')}, transport {ledger.note('transport')}")
        print(f"state      {state}")
        for name, row_type in _COUNTED:
            print(f"{name:<10} {ledger.count(row_type):,}")
        print(f"sha256     {ledger.digest()}")


@app.command("import")
def import_log(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="A log (also packed by gzip), an mbox or a Maildir.")],
    *,
    source: Annotated[str, typer.Option("--from", help=f"Whose log it is: {', '.join([*FORMATS, MAILBOX])}.")],
    use: Annotated[ImportUse, typer.Option("--as", help="What to make of it.")] = ImportUse.SCENARIO,
    out: Annotated[Path | None, typer.Option(help="Folder for the scenario (default: imported/NAME).")] = None,
    columns: Annotated[
        list[str] | None, typer.Option(help="For csv and jsonl, such as recipient=email; repeat for several.")
    ] = None,
    year: Annotated[
        int | None,
        typer.Option(min=1970, max=2100, help="Year of the first line, where times have none (default: now)."),
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="Key of the made-up names, made if it is not there (default: a key for once).")
    ] = None,
    keep_names: Annotated[bool, typer.Option("--keep-names", help="Keep real names and addresses.")] = False,
) -> None:
    """Turn another system's log into a scenario that replays it, its names made up unless you say otherwise."""
    events = intaking.open_log(log, source, columns=columns or (), year=year)
    if use is ImportUse.EVENTS:
        with _printing():
            for line in intaking.as_json(events):
                print(line)
        return
    name = intaking.name_of(log)
    key = None if keep_names else intaking.key(key_file)
    with Filling(f"reading {log.name}", intaking.size_of(log)) as bar:
        events = intaking.open_log(log, source, columns=columns or (), year=year, advance=bar.advance)
        summary = import_as_scenario(events, out or Path("imported") / name, name=name, key=key)
    for line in intaking.told(summary):
        print(harmless(line))


@app.command()
def show(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")],
    *,
    recipient: Annotated[str, typer.Option(help="An address.")],
) -> None:
    """Tell what the books have on one recipient: attempts, truth, what came home; dialogues if they were kept."""
    with Ledger.open(folder) as ledger, _printing():
        lines = list(shown.tell(ledger, recipient))
        if not lines:
            raise InputError(f"--recipient {recipient}", f"stands nowhere in {folder}", "see recipients in its books")
        print("\n".join(lines))


@personas_app.callback(invoke_without_command=True)
def personas_list(context: typer.Context) -> None:
    """List the vendors whose gateways are simulated."""
    if context.invoked_subcommand is None:
        with _printing():
            print_list(_PipedConsole())


@personas_app.command("show")
def personas_show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A persona, or a file of your own.")],
) -> None:
    """Explain one persona: how it decides, what it says and where that was seen, and how it is known to lie."""
    with _printing():
        print_persona(_PipedConsole(), load_persona(name, name))


@personas_app.command("check")
def personas_check(file: Annotated[str, typer.Argument(metavar="FILE", help="A persona file (TOML).")]) -> None:
    """Check a persona file, and tell its author what is missing."""
    persona = load_persona(file if file.endswith(".toml") else f"{file}.toml", file)
    found = [f"{harmless(file)}: {harmless(remark)}" for remark in remarks(persona)]
    for line in found:
        print(line)
    count = f"{len(found)} remark{'' if len(found) == 1 else 's'}" if found else "nothing is missing"
    print(f"{harmless(file)}: good. {len(persona.refusal)} wordings, {len(persona.lie)} known lies; {count}.")


@scenario_app.command("check")
def scenario_check(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Check a scenario file and say what it would set up."""
    loaded = _load(file, None)
    setting = set_up(loaded)
    gates = lab.expected(setting, tuple(BASELINES))
    print(
        f"{harmless(str(file))}: good. {len(setting.everybody):,} recipients at {len(setting.companies):,} gateways, "
        f"{len(gates)} gate{'' if len(gates) == 1 else 's'}."
    )


@scenario_app.command("schema")
def scenario_schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    print(json.dumps(Scenario.model_json_schema(by_alias=True), indent=2))


def _load(path: Path, seed: int | None) -> Loaded:
    loaded = load(path)
    if seed is None:
        return loaded
    return Loaded(loaded.scenario.model_copy(update={"seed": seed}), loaded.folder, loaded.path)


def _classifiers(wanted: list[str] | None) -> tuple[str, ...]:
    for name in wanted or ():
        if name not in BASELINES:
            raise InputError(f"--classifier {name}", "is not a classifier", f"use one of: {', '.join(BASELINES)}")
    return tuple(dict.fromkeys(wanted or BASELINES))


def _networks(wanted: list[str] | None) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(text) for text in wanted or ())
    except ValueError as error:
        raise InputError("--allow-network", str(error), "write for example 10.1.0.0/16") from None


def main() -> NoReturn:
    """Run the command line; every mistake of the user's is one sentence on standard error."""
    code = Exit.PASSED
    try:
        app()
    except PipeClosedError:
        # Whoever read our output has seen enough; what is still buffered must not fail again on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.PIPE_CLOSED
    except (InputError, OutsideError, OSError) as error:
        code = _complain(str(error), Exit.INPUT_WRONG)
    except lab.BooksError as error:
        code = _complain(f"the books do not join, which is a fault of fivefifty: {error}", Exit.FAULT)
    except lab.ClassifierError as error:
        code = _complain(str(error), Exit.CLASSIFIER_FAILED)
    except InterruptedRunError as error:
        code = _complain(str(error), Exit.INTERRUPTED)
    except Exception:  # noqa: BLE001 - what is left is a fault of ours, and must not look like a failed gate
        traceback.print_exc()
        code = _complain("this is a fault of fivefifty; please report it with the lines above", Exit.FAULT)
    sys.exit(code)


def _complain(sentence: str, code: Exit) -> Exit:
    print(f"fivefifty: {harmless(sentence)}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
