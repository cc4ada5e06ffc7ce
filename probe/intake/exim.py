"""Exim's main log (https://www.exim.org/exim-html-current/doc/html/spec_html/ch-log_files.html)."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, Kind, Line
from probe.intake.lines import bounded, bracketed, capped, read_moment, read_reply, read_stage

MAX_QUEUED: Final = 100_000
_LINE: Final = re.compile(
    r"^(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: (?P<zone>[+-]\d{4}))?(?: \[\d+\])? "
    r"(?P<id>[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{6}-[0-9A-Za-z]{11}-[0-9A-Za-z]{4}) "
    r"(?P<mark><=|=>|->|==|\*\*|\*>|>>|Completed)(?: (?P<rest>.*))?$"
)
_ID: Final = re.compile(r" id=(\S+)")
_ADDRESS: Final = re.compile(r"^(?P<shown>[^\s<>@]+@[^\s<>:]+|[^\s<>:]+)(?: <(?P<inner>[^<>]*)>)?:?(?= |$)")
_HOST: Final = re.compile(r" H=(?P<host>[^\s\[]+)?(?: \([^)]*\))* ?\[(?P<address>[^\]]{2,45})\]")
_LOCAL: Final = re.compile(r" I=\[([^\]]{2,45})\]")
_RETURN_PATH: Final = re.compile(r" (?:P|F)=<([^<>]*)>")
_CONFIRMED: Final = re.compile(r' C="((?:[^"\\]|\\.)*)"')
_SAID: Final = re.compile(
    r"(?:SMTP error from )?remote (?:mail )?server(?: host \S+(?: \[[^\]]*\])?)? after "
    r"(?P<command>[^:]{1,40}(?::<[^>]*>)?(?: SIZE=\d+)?[^:]{0,40}): "
    r"(?:host \S+ \[[^\]]*\]: )?(?P<reply>.*)$"
)
_KINDS: Final = {"=>": Kind.DELIVERED, "->": Kind.DELIVERED, "==": Kind.DEFERRED, "**": Kind.REFUSED}


def read(lines: Iterable[Line]) -> Iterator[Event | BadLine]:
    """Yield an event for every delivery, deferral and failure.

    Times without a zone are taken for UTC. Message-ID and return-path come from the line of the message's arrival.
    """
    known: OrderedDict[str, tuple[str, str]] = OrderedDict()
    for line in bounded(lines):
        if isinstance(line, BadLine):
            yield line
            continue
        match = _LINE.match(line.text)
        if match is None:
            continue
        rest, queue_id = match["rest"] or "", match["id"]
        if match["mark"] == "<=":
            message_id = _ID.search(rest)
            sender = rest.split(" ", 1)[0]
            known[queue_id] = bracketed(message_id[1] if message_id else ""), "" if sender == "<>" else sender
            if len(known) > MAX_QUEUED:
                known.popitem(last=False)
        elif match["mark"] == "Completed":
            known.pop(queue_id, None)
        elif match["mark"] in _KINDS:
            zone = match["zone"] or "+0000"
            at = read_moment(f"{match['at']}{zone[:3]}:{zone[3:]}")
            yield _event(line.number, at, _KINDS[match["mark"]], rest, known.get(queue_id, ("", "")))


def _event(number: int, at: float | None, kind: Kind, rest: str, known: tuple[str, str]) -> Event | BadLine:
    address = _ADDRESS.match(rest)
    if at is None or address is None:
        return BadLine(number, "has no time or no recipient")
    recipient = address["shown"] if "@" in address["shown"] else address["inner"] or address["shown"]
    host = _HOST.search(rest)
    confirmed = _CONFIRMED.search(rest)
    said = _SAID.search(rest)
    local = _LOCAL.search(rest)
    return_path = _RETURN_PATH.search(rest)
    text = _plain(confirmed[1] if confirmed else said["reply"] if said else _reason(rest))
    code, enhanced = read_reply(text) if confirmed or said else (None, None)
    stage = read_stage(said["command"]) if said else None
    return Event(
        kind,
        recipient,
        at,
        known[0],
        return_path[1] if return_path else known[1],
        local_address=local[1] if local else "",
        mx=(host["host"] or host["address"]) if host else "",
        stage="end-of-data" if confirmed else stage,
        code=code,
        enhanced=enhanced,
        text=capped(text),
    )


def _reason(rest: str) -> str:
    """Return what stands behind the last field of a failure, which Exim puts after a colon."""
    return rest.rpartition("): " if "defer (" in rest else ": ")[2]


def _plain(text: str) -> str:
    """Return a reply on one line: Exim writes its line ends as backslash and n."""
    lines = text.replace('\\"', '"').replace("\\\\", "\\").split("\\n")
    code = read_reply(lines[0][:12])[0]
    again = re.compile(rf"^{code}[- ](?:[245]\.\d{{1,3}}\.\d{{1,3}} )?") if code else None
    return " ".join(
        [lines[0].replace(f"{code}-", f"{code} ", 1), *(again.sub("", line) if again else line for line in lines[1:])]
    )
