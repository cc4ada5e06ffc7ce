"""Arguments and options that several commands share, so that they are spelt and explained in one way.

The run or the scenario is an argument. ``--out`` says where the result goes. ``--json`` prints figures for programs to
standard output. Any other option that reads or writes a file has FILE in its metavar.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeVar

import typer

from probe.input_error import InputError

if TYPE_CHECKING:
    from fake_gateways.loopback import Network
    from probe.scenario.load import Loaded

Number = TypeVar("Number", int, float)


def within(least: Number, most: Number) -> Callable[[Number | None], Number | None]:
    """Return a check of an option's value. Unlike typer's min and max it leaves the help's columns narrow."""

    def check(value: Number | None) -> Number | None:
        if value is not None and not least <= value <= most:
            raise typer.BadParameter(f"{value} is not between {least} and {most}")
        return value

    return check


def seconds_of(option: str, text: str) -> float:
    """Return the seconds of a duration such as 10m; raises InputError."""
    from fake_gateways.strict import InvalidValueError
    from fake_gateways.units import parse_duration

    try:
        return parse_duration(text)
    except InvalidValueError as error:
        raise InputError(option, error.problem, error.remedy) from None


CORES: Final = max(1, os.cpu_count() or 1)


def _located(path: Path) -> Path:
    """Return the file of a scenario that is named by its path or by its name; raises InputError."""
    from probe.scenario.shipped_files import located

    return located(path)


ScenarioFile = Annotated[
    Path,
    typer.Argument(
        metavar="SCENARIO",
        callback=_located,
        help="Scenario file (TOML), or a name that fivefifty scenarios lists.",
    ),
]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run, such as runs/control.")]
Recipient = Annotated[str, typer.Option(metavar="ADDRESS", help="Address of the recipient.")]

RunOut = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the books go (default: runs/NAME).")]
Plot = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Draw a chart: .svg, .png or .html (needs the extra plot)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as JSON instead of tables.")]
DiagnosisPage = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Also write a web page that needs no network.")
]
Letter = Annotated[
    Literal["en", "de", "fr"] | None,
    typer.Option(
        metavar="LANGUAGE", help="Print a letter with the evidence for the recipient's IT team instead: en, de or fr."
    ),
]
Reports = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND=FILE", help="Also write a report for CI: junit, markdown or codequality. Repeat for several."
    ),
]

Seed = Annotated[int | None, typer.Option(metavar="N", help="Use another seed than the scenario's.")]
Workers = Annotated[int | None, typer.Option(min=1, metavar="N", help="Number of processes (default: one per core).")]
AllowNetwork = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NETWORK",
        help="Allow addresses of a network besides loopback, such as 10.1.0.0/16. Repeat for several.",
    ),
]

Classifiers = Annotated[
    list[str] | None,
    typer.Option(
        "--classifier",
        metavar="[NAME=]WHAT",
        help="Classifier to score (default: the scenario's); see: fivefifty classifiers. Repeat for several.",
    ),
]
ClassifierTimeout = Annotated[
    float,
    typer.Option(
        metavar="SECONDS",
        callback=within(0.1, 86_400),
        help="How long a classifier program or endpoint may take to answer.",
    ),
]
ANSWER_TIMEOUT_S: Final = 60.0
AllowPrograms = Annotated[
    bool, typer.Option("--allow-programs", help="Let the scenario run programs and Python code as classifiers.")
]
Gates = Annotated[
    list[str] | None,
    typer.Option(
        "--gate",
        metavar="BOUND",
        help="Fail unless it holds, such as 'classifiers.text.missed_dead <= 3'. Repeat for several.",
    ),
]
BaselineFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Fail if a classifier makes mistakes that this baseline does not have."),
]
Price = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PRICES",
        help="What mistakes cost, such as living=25,dead=0.05. Also: reputation=500,above=0.02,unseen=0.1.",
    ),
]

LOG_FORMATS: Final = (
    "postfix, exim, powermta, kumomta, "  # logs
    "ses, sendgrid, mailgun, postmark, sparkpost, mandrill, brevo, resend, postal, zeptomail, "  # JSON events
    "exchange, csv, jsonl or mailbox"
)
LogFormat = Annotated[
    str | None, typer.Option("--format", metavar="FORMAT", help=f"Format of --reported: {LOG_FORMATS}.")
]
LogColumns = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIELD=COLUMN",
        help="Where csv or jsonl has a field, such as recipient=email or msg.email. Repeat for several.",
    ),
]
LogKind = Annotated[
    str | None,
    typer.Option("--kind", metavar="KIND", help="What all rows of csv or jsonl are, such as bounce."),
]
LogVerp = Annotated[
    str | None,
    typer.Option(
        "--verp",
        metavar="SIGNS",
        help="For mailbox: what stands before the recipient in your return-paths, and in place of its @, such as -=.",
    ),
]
LogDates = Annotated[
    str | None,
    typer.Option(metavar="ORDER", help="Order in dates such as 03/04/2026: dmy, mdy or ymd."),
]
LogYear = Annotated[
    int | None,
    typer.Option(
        metavar="YEAR",
        callback=within(1970, 2100),
        help="Year of the log's first line, if its times have none (default: now).",
    ),
]


def load_scenario(path: Path, seed: int | None = None, *, served: bool = False) -> Loaded:
    """Read a scenario file, with another seed if one is given; raises InputError. ``served`` as for ``load``."""
    from probe.scenario.load import load

    loaded = load(path, served=served)
    if seed is None:
        return loaded
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"seed": seed}))


def networks(wanted: list[str] | None) -> tuple[Network, ...]:
    """Read networks; raises InputError."""
    try:
        return tuple(ipaddress.ip_network(text) for text in wanted or ())
    except ValueError as error:
        raise InputError("--allow-network", str(error), "write for example 10.1.0.0/16") from None


def refuse(options: Mapping[str, object], why: str) -> None:
    """Raise InputError if one of these options is given; their values are by name, None for those that are not."""
    for option, value in options.items():
        if value is not None:
            raise InputError(option, f"is of no use here, because {why}", "leave it out")
