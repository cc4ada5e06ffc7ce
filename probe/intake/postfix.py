"""Postfix's log (https://www.postfix.org/DEBUG_README.html#logging, smtp(8), bounce(5))."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from probe.intake.event import BadLine, Event, Kind, Line
from probe.intake.lines import bounded, bracketed, capped, read_moment, read_reply, read_stage

MAX_QUEUED: Final = 100_000
"""Messages whose sender and Message-ID are remembered; Postfix itself holds fewer in its active queue."""
_LINE: Final = re.compile(
    r"^(?:<\d{1,3}>)?(?P<at>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\d[T ]\S{8,40})\s+\S{1,255}\s+"
    r"(?:[\w.-]{1,60}/)?(?P<daemon>[\w-]{1,40}(?:/[\w-]{1,40})?)\[\d+\]:\s(?P<rest>.*)$"
)
_QUEUE_ID: Final = re.compile(r"^(?P<id>[0-9A-Za-z]{6,20}): (?P<what>.*)$")
_FIELD: Final = re.compile(r"(?:^|, )(?P<key>to|orig_to|relay|dsn|status)=(?P<value><[^>]*>|[^,]*)")
_FROM: Final = re.compile(r"^from=<([^>]*)>")
_MESSAGE_ID: Final = re.compile(r"^(?:resent-)?message-id=(\S+)")
_STATUS: Final = re.compile(
    r", status=(?P<word>sent|deferred|bounced|expired|undeliverable|deliverable|SOFTBOUNCE)\b ?\(?(?P<said>.*)$"
)
_RELAY: Final = re.compile(r"^(?P<host>[^\[,]{1,255})\[(?P<address>[^\]]{2,45})\]")
_SAID: Final = re.compile(
    r"^host \S+ (?:said|refused to talk to me): (?P<reply>.*?)(?: \(in reply to (?P<command>[^()]{1,40})\))?\)?$"
)
_IN_REPLY: Final = re.compile(r" \(in reply to ([^()]{1,40})\)")
_CONTINUED: Final = re.compile(r" (?P<code>[245]\d\d)[- ](?:[245]\.\d{1,3}\.\d{1,3} )?")
_KINDS: Final = {
    "sent": Kind.DELIVERED,
    "deferred": Kind.DEFERRED,
    "SOFTBOUNCE": Kind.DEFERRED,
    "bounced": Kind.REFUSED,
    "expired": Kind.REFUSED,
}
_MONTHS: Final = {
    name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}


@dataclass
class _Queue:
    """What is known of messages by their queue ids; the oldest are forgotten first."""

    known: OrderedDict[str, dict[str, str]] = field(default_factory=OrderedDict)

    def note(self, queue_id: str, key: str, value: str) -> None:
        self.known.setdefault(queue_id, {})[key] = value
        if len(self.known) > MAX_QUEUED:
            self.known.popitem(last=False)


@dataclass
class _Calendar:
    """Traditional syslog times have no year: it begins with the one that is given, and goes up at New Year."""

    year: int
    month: int = 0

    def read(self, text: str) -> float | None:
        if text[0].isdigit():
            return read_moment(text)
        month = _MONTHS.get(text[:3])
        if month is None:
            return None
        if month < self.month - 6:
            self.year += 1
        self.month = month
        try:
            moment = datetime.strptime(
                f"{self.year} {month} {text[4:].split('.', maxsplit=1)[0].strip()} +0000", "%Y %m %d %H:%M:%S %z"
            )
        except ValueError:
            return None
        return moment.timestamp()


def read(lines: Iterable[Line], *, year: int = 1970) -> Iterator[Event | BadLine]:
    """Yield an event for every line that tells a recipient's status.

    ``year`` is that of the first line, for logs with traditional times, which are taken for UTC. Sender and Message-ID
    come from the lines of cleanup and qmgr before. Mail that came in, and the lines of other programs, are passed over.
    """
    queue, calendar = _Queue(), _Calendar(year)
    for line in bounded(lines):
        if isinstance(line, BadLine):
            yield line
            continue
        match = _LINE.match(line.text)
        found = _QUEUE_ID.match(match["rest"]) if match else None
        if match is None or found is None:
            continue
        queue_id, what = found["id"], found["what"]
        if what.startswith("to=<"):
            yield _event(line.number, calendar.read(match["at"]), what, queue.known.get(queue_id, {}))
        elif sender := _FROM.match(what):
            queue.note(queue_id, "from", sender[1])
        elif message_id := _MESSAGE_ID.match(what):
            queue.note(queue_id, "message-id", message_id[1])
        elif what == "removed":
            queue.known.pop(queue_id, None)


def _event(number: int, at: float | None, what: str, known: dict[str, str]) -> Event | BadLine:
    status = _STATUS.search(what)
    fields = {match["key"]: match["value"] for match in _FIELD.finditer(what[: status.start()] if status else what)}
    recipient = fields.get("to", "").strip("<>")
    if status is None or at is None or not recipient:
        return BadLine(number, "has no status, no time or no recipient")
    if status["word"] not in _KINDS:
        return BadLine(number, f"has the status {status['word']}, which is about no mail")
    said = status["said"].removesuffix(")")
    quoted = _SAID.match(status["said"])
    command = _IN_REPLY.search(status["said"])
    text = _joined(quoted["reply"] if quoted else said)
    code, enhanced = read_reply(text) if quoted or status["word"] == "sent" else (None, None)
    relay = _RELAY.match(fields.get("relay", ""))
    stage = read_stage(command[1]) if command else read_stage(status["said"][:400]) if quoted else None
    return Event(
        _KINDS[status["word"]],
        recipient,
        at,
        bracketed(known.get("message-id", "")),
        known.get("from", ""),
        mx=relay["host"] if relay else "",
        stage="end-of-data" if status["word"] == "sent" and code else stage,
        code=code,
        enhanced=enhanced or (fields.get("dsn") if code is None else None),
        text=capped(text),
    )


def _joined(reply: str) -> str:
    """Return a reply's lines without the codes that Postfix leaves in front of the later ones."""
    first = read_reply(reply[:12])[0]
    if first is None:
        return reply
    return _CONTINUED.sub(lambda again: " " if int(again["code"]) == first else again[0], reply)
