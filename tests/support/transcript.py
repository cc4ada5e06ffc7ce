r"""Reads the transcripts: dialogues as mail people write them down, with the truth behind them.

# A comment.
---
persona = "cisco-esa"           what trial_gateway.build() takes, as TOML; peer is the client's address
---
< 220 esa1.example ESMTP        the server says exactly this line
<~ 250 ok: +Message \w+ .*      the server says a line that this regular expression matches as a whole
> QUIT                          the client says this line; lines in a row go out together
* 40m later                     the clock moves, before the connection is made if it begins so
* client hangs up               every connection ends so, or with: * server hangs up

< 220 esa1.example ESMTP        a blank line begins another connection
* client comes from 127.0.0.9   ... from another address, if it begins so
truth: anna@northwind.example content claimed user-unknown refused @end-of-data
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final

DEFAULT_PEER: Final = "127.10.0.1"
_MARKS: Final = {"> ": "client", "< ": "server", "<~ ": "server", "* ": "event"}
_EVENT: Final = re.compile(r"client hangs up|server hangs up|client comes from \S+|\S+ later")


class TranscriptError(Exception):
    """The file is not written as a transcript is."""


@dataclass(frozen=True)
class Said:
    """A line due from the server."""

    text: str
    is_pattern: bool

    def matches(self, line: str) -> bool:
        """Whether the server's line, without CRLF, is the one due."""
        return re.fullmatch(self.text, line) is not None if self.is_pattern else line == self.text


@dataclass(frozen=True)
class Turn:
    """Lines of the client that go out in one write, lines due from the server, or one event."""

    client: tuple[str, ...] = ()
    server: tuple[Said, ...] = ()
    event: str = ""


@dataclass
class Connection:
    """One connection from a client's address; ``later`` are the durations that pass before it is made."""

    peer: str
    turns: list[Turn] = field(default_factory=list)
    later: list[str] = field(default_factory=list)


@dataclass
class Transcript:
    """A whole file."""

    settings: dict[str, Any]
    connections: list[Connection]
    truth: list[str]


def read(path: Path) -> Transcript:
    """Read a file; raises TranscriptError."""
    return parse(path.read_text("utf-8"))


def parse(text: str) -> Transcript:
    """Read a transcript's text; raises TranscriptError."""
    before, settings, after = ("", "", text) if "\n---\n" not in text else text.split("---\n", 2)
    if any(line and not line.startswith("#") for line in before.splitlines()):
        raise TranscriptError(f"only comments stand before the settings, not {before!r}")
    found = tomllib.loads(settings)
    peer = found.pop("peer", DEFAULT_PEER)
    lines = [line for line in after.splitlines() if not line.startswith("#")]
    truth = [line.removeprefix("truth: ") for line in lines if line.startswith("truth: ")]
    spoken = [line for line in lines if not line.startswith("truth: ")]
    connections = [
        _connection(list(group), peer) for is_blank, group in groupby(spoken, lambda line: not line) if not is_blank
    ]
    if not connections or not truth:
        raise TranscriptError("a transcript has a dialogue and the truth behind it")
    return Transcript(found, connections, truth)


def _connection(lines: list[str], peer: str) -> Connection:
    connection = Connection(peer)
    for kind, marked in groupby(map(_marked, lines), lambda line: line[0]):
        connection.turns += _turns(kind, list(marked))
    while (first := connection.turns[0].event) and len(connection.turns) > 1:
        if first.startswith("client comes from "):
            connection.peer = first.rpartition(" ")[2]
        else:
            connection.later.append(first.removesuffix(" later"))
        del connection.turns[0]
    last = connection.turns[-1].event
    if not last.endswith("hangs up") or any(turn.event.endswith("hangs up") for turn in connection.turns[:-1]):
        raise TranscriptError("a connection ends, once, by client or server hanging up")
    return connection


def _marked(line: str) -> tuple[str, str, str]:
    """Return who speaks, the mark, and what is said. A bare ``>`` is an empty line of the client's."""
    for mark, kind in _MARKS.items():
        if line.startswith(mark) or line == mark.strip() == ">":
            return kind, mark, line[len(mark) :]
    raise TranscriptError(f"{line!r} is no line of a transcript")


def _turns(kind: str, marked: list[tuple[str, str, str]]) -> Iterator[Turn]:
    if kind == "client":
        yield Turn(client=tuple(text for _, _, text in marked))
    elif kind == "server":
        yield Turn(server=tuple(Said(text, is_pattern=mark == "<~ ") for _, mark, text in marked))
    else:
        for _, _, text in marked:
            if not _EVENT.fullmatch(text):
                raise TranscriptError(f"{text!r} is nothing that happens in a transcript")
            yield Turn(event=text)
