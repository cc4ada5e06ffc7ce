"""Opens the logs and mailboxes that the command line names."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from probe.harmless import SHOWN
from probe.input_error import InputError, one_of
from probe.intake.event import BadLine, Event, LogLine
from probe.intake.formats import FORMATS, MAILBOX, TABLES, mailbox
from probe.intake.guess_format import SAMPLE, described, guess_format, is_without_mail_out
from probe.intake.hints import Hints
from probe.intake.reading import files, mail_files
from probe.intake.reading.addresses import addressed
from probe.intake.reading.files import Advance, size_of
from probe.intake.reading.mail_files import SavedMail
from probe.intake.skipped import example_of

_REMEMBERED: Final = 50
"""Lines whose text is still known when a reader says that it could not read one of them."""
_REMEDY_OF_MAIL: Final = {
    False: "name an mbox, a Maildir, a mail (.eml) or a folder of these",
    True: "name mail that came back to the sender",
}
"""By whether there is any mail."""


def open_log(
    path: Path,
    source: str,
    hints: Hints,
    *,
    advance: Advance = lambda _: None,
    option: str = "--from",
) -> Iterator[Event | BadLine]:
    """Return an iterator over the events of a log; ``option`` is what the user named the format by.

    Raises InputError for an unknown format or an unreadable file, the iterator also at its end if there was no event.
    """
    size_of(path)
    asked = _Asked(path, source, option, hints.year or datetime.now(UTC).year)
    if source == MAILBOX:
        recent: deque[LogLine] = deque(maxlen=_REMEMBERED)
        found = addressed(mailbox.events(_saved(mail_files.messages(path, advance), recent), hints.verp))
        return _not_empty(asked, _with_text(found, recent))
    if source not in FORMATS:
        raise InputError(f"{option} {source}", "is not a known format", one_of(source, [*FORMATS, MAILBOX]))
    if hints.verp is not None:
        raise InputError("--verp", f"is not for {option} {source}", f"use it with {option} {MAILBOX}")
    if hints.kind is not None and source not in TABLES:
        raise InputError("--kind", f"is not for {option} {source}", f"use it with one of: {', '.join(TABLES)}")
    if path.is_dir():
        raise InputError(path, "is a folder", f"name a file, or mail with {option} {MAILBOX}")
    recent = deque(maxlen=_REMEMBERED)
    events = FORMATS[source](_remembered(files.lines(path, advance), recent), hints._replace(year=asked.year))
    return _not_empty(asked, _with_text(_of_file(asked, events), recent))


def _remembered(lines: Iterable[LogLine], recent: deque[LogLine]) -> Iterator[LogLine]:
    for line in lines:
        recent.append(line)
        yield line


def _saved(mails: Iterable[SavedMail], recent: deque[LogLine]) -> Iterator[bytes | BadLine]:
    for number, mail in enumerate(mails, 1):
        recent.append(LogLine(number, mail.place))
        yield mail.message


def _with_text(events: Iterable[Event | BadLine], recent: deque[LogLine]) -> Iterator[Event | BadLine]:
    """Yield events; add the start of the line, or the file of a message, to bad lines."""
    for event in events:
        if isinstance(event, BadLine):
            text = next((line.text for line in recent if line.number == event.number), "")
            whole = ": ".join(filter(None, (text, event.text)))
            yield event._replace(text=whole[: SHOWN + 1].strip())
        else:
            yield event


class _Asked(NamedTuple):
    """What the user named: a file, its format, and the option that names the format."""

    path: Path
    source: str
    option: str
    year: int


def _not_empty(asked: _Asked, events: Iterator[Event | BadLine]) -> Iterator[Event | BadLine]:
    """Yield events; raise InputError at the end if there was none, saying why and what the file looks like instead."""
    first: BadLine | None = None
    bad = 0
    for event in events:
        if not isinstance(event, BadLine):
            yield event
            break
        bad, first = bad + 1, first or event
        yield event
    else:
        raise _nothing(asked, first, bad)
    yield from events


def _nothing(asked: _Asked, first: BadLine | None, bad: int) -> InputError:
    """Return the error for a file without an event: the counts, the first line, and what the file looks like."""
    sample = _sample(asked.path)
    is_mailbox = asked.source == MAILBOX
    if not sample and not bad:
        is_folder = asked.path.is_dir()
        remedy = "check the name; hidden folders in it are not read" if is_folder else "check the file name"
        return InputError(asked.path, "holds nothing", remedy)
    total = bad if is_mailbox else max((line.number for line in files.lines(asked.path)), default=0)
    if first is None:
        first = next((BadLine(line.number, "no event", line.text) for line in sample if line.text.strip()), None)
    looks_like = _looks_like(asked, sample)
    if not bad and not looks_like and is_without_mail_out(asked.source, sample):
        problem = f"holds no outgoing delivery: 0 of {total:,} lines of {described(asked.source)} tell of one"
        return InputError(asked.path, problem, "name a log of the time and the host from which the mail was sent")
    problem = f"0 of {total:,} {'messages' if is_mailbox else 'lines'} are events in the format {asked.source}"
    if first is not None:
        problem += f"; the first that was not understood is {example_of(first)}"
    otherwise = _REMEDY_OF_MAIL[bool(bad)] if is_mailbox else f"check {asked.option}, the format of the log"
    return InputError(asked.path, problem, looks_like or otherwise)


def _sample(path: Path) -> list[LogLine]:
    return [] if path.is_dir() else list(islice(files.lines(path), SAMPLE))


def _looks_like(asked: _Asked, sample: list[LogLine]) -> str:
    """Return what a file looks like instead of what the user named, "" if like nothing else."""
    guessed = guess_format(sample, asked.year)
    if guessed in {None, asked.source}:
        return ""
    return f"it looks like {described(str(guessed))}: {asked.option} {guessed}"


def _of_file(asked: _Asked, events: Iterator[Event | BadLine]) -> Iterator[Event | BadLine]:
    """Yield events; add the file's name to errors that only name a line, and what the file looks like."""
    path = asked.path
    try:
        yield from events
    except InputError as error:
        if error.place.startswith(str(path)):
            raise
        remedy = "; ".join(filter(None, (error.remedy, _looks_like(asked, _sample(path)))))
        raise InputError(f"{path}: {error.place}", error.problem, remedy) from None
