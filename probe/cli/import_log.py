"""fivefifty import: another system's log as a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from probe.cli.options import LOG_FORMATS, LogColumns, LogDates, LogKind, LogVerp, LogYear
from probe.cli.output import print_lines, printing
from probe.input_error import InputError

if TYPE_CHECKING:
    from probe.intake.event import BadLine, Event
    from probe.intake.to_scenario.write_scenario import ImportSummary


class ImportUse(StrEnum):
    """What becomes of a log."""

    SCENARIO = "scenario"
    EVENTS = "events"


def import_log(
    log: Annotated[
        Path,
        typer.Argument(
            metavar="LOG", help="Log (also gzipped), or mail: mbox, Maildir, .eml or a folder; - reads standard input."
        ),
    ],
    *,
    source: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="FORMAT",
            help=f"Format of the log: {LOG_FORMATS}.",
        ),
    ],
    use: Annotated[
        ImportUse, typer.Option("--as", help="Write a scenario, or print the events as JSON Lines.")
    ] = ImportUse.SCENARIO,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the scenario goes (default: imported/NAME).")
    ] = None,
    columns: LogColumns = None,
    kind: LogKind = None,
    dates: LogDates = None,
    verp: LogVerp = None,
    year: LogYear = None,
    key_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Key for invented names: the same key gives the same names. Created if missing "
            "(default: a new key that is not kept).",
        ),
    ] = None,
    keep_names: Annotated[bool, typer.Option("--keep-names", help="Keep real names and addresses.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite the files of an earlier import, also edited ones.")
    ] = False,
) -> None:
    """Turn another system's log into a scenario that replays it, with invented names."""
    from probe.classify.by_text import ByText
    from probe.cli.standard_input import as_file
    from probe.intake.open_log import open_log
    from probe.intake.read_hints import read_hints
    from probe.intake.reading.files import size_of
    from probe.intake.to_scenario.write_scenario import import_as_scenario
    from probe.report.terminal.live_progress import ProgressBar

    log = as_file(log)
    hints = read_hints(columns or (), kind, dates, year, verp)
    events = open_log(log, source, hints)
    if use is ImportUse.EVENTS:
        with printing():
            for line in as_json(events):
                print(line)
        return
    name = name_of(log)
    secret = None if keep_names else key(key_file)
    with ProgressBar(f"reading {log.name}", size_of(log)) as bar:
        events = open_log(log, source, hints, advance=bar.advance)
        summary = import_as_scenario(
            events,
            out or Path("imported") / name,
            name=name,
            key=secret,
            cause_of=ByText().cause_of,
            log=log,
            force=force,
        )
    print_lines(told(summary))


_KEY_OCTETS: Final = 32
_MAX_KEY_OCTETS: Final = 4096


def name_of(path: Path) -> str:
    """Return a name for a scenario made of a file."""
    import re

    bare = path.name.partition(".")[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:40].strip("-") or "log"


def key(path: Path | None) -> bytes:
    """Return the key in a file, which is created if it does not exist; without a file a new key, not stored."""
    import secrets

    from fake_gateways.untrusted.bounded_read import read_bounded

    if path is None:
        return secrets.token_bytes(_KEY_OCTETS)
    try:
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(_KEY_OCTETS) + "\n", "ascii")
        octets = read_bounded(path, _MAX_KEY_OCTETS).strip()
    except OSError as error:
        raise InputError(f"--key-file {path}", f"cannot be used ({error.strerror})", "name another file") from None
    if len(octets) < 16:
        raise InputError(f"--key-file {path}", "holds fewer than 16 characters", "remove it, and a new key is written")
    return octets


def as_json(events: Iterable[Event | BadLine]) -> Iterator[str]:
    """Yield JSON objects, also for bad lines; that of a message has its file and subject as ``text``."""
    import json

    from probe.intake.event import BadLine

    for event in events:
        if isinstance(event, BadLine):
            where = {} if event.what == "line" or not event.text else {"text": event.text}
            yield json.dumps({"bad_line": event.number, **where, "reason": event.reason})
        else:
            yield json.dumps(
                {
                    name: value
                    for name, value in event._asdict().items()
                    if value not in {None, ""} and value is not False
                }
            )


def told(summary: ImportSummary) -> Iterator[str]:
    """Yield the result of an import in sentences, and the next command."""
    yield (
        f"{summary.recipients:,} recipients at {summary.gateways:,} gateways, {summary.replies:,} different replies, "
        f"of which {summary.unknown:,} do not say their cause."
    )
    if summary.passed_over:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(summary.passed_over.items()))
        yield f"Counted and not replayed: {kinds}."
    if summary.skipped.total:
        yield f"{summary.skipped.total:,} {summary.skipped.what}s could not be read:"
        yield from (f"  {reason}" for reason in summary.skipped.told())
    if summary.not_addresses:
        first = f"{summary.not_an_address[:100]!r}"
        yield f"{summary.not_addresses:,} events without a valid address are left out; the first has {first}."
    scenario = summary.folder / "scenario.toml"
    yield f"scenario  {scenario}"
    yield f"run it:   fivefifty run {scenario} --transport memory"
