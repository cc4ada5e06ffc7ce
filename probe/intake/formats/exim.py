"""The main log of Exim 4 (https://www.exim.org/exim-html-current/doc/html/spec_html/ch-log_files.html).

A line is a time, a message's id, a flag of two characters, an address, fields such as ``H=``, and perhaps a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from fake_gateways.smtp.envelope import Stage
from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.reading.hops import Delivery, Hops, is_near, unless_discarded
from probe.intake.reading.line_dress import PART_OF_LINE, BareLine, read_undressed
from probe.intake.reading.lines import UnreadableError
from probe.intake.reading.queue_memory import QueueMemory
from probe.intake.reading.quoted import QuotedReply, kept, message_id, name, parse_reply, recipient

_LINE: Final = re.compile(
    r"\s*(?:\[[0-9]{1,10}\] )?"
    # 4.97 made the ids longer.
    r"(?P<id>[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})) "
    r"(?P<flag><=|=>|->|>>|\*\*|==|Completed)(?: (?P<rest>.*))?",
    re.DOTALL,
)
_KINDS: Final = {
    "=>": EventKind.DELIVERED,
    "->": EventKind.DELIVERED,
    ">>": EventKind.DELIVERED,
    "**": EventKind.REFUSED,
    "==": EventKind.DEFERRED,
}
_DISCARDED: Final = ":blackhole:"

_ADDRESS: Final = re.compile(r'"[^"]*"\S*|\S+')
_ORIGINAL: Final = re.compile(r" <([^<>\s]{1,1000})>")
_FIELD: Final = re.compile(
    # H=name (helo) [address], the others a word or a quoted text.
    r' (?P<key>[A-Za-z]{1,3})=(?P<value>"(?:[^"\\]|\\.)*+"?|\S*)'
    r"(?:(?: \([^\s()]{0,255}\))? \[(?P<address>[^\s\[\]]{1,60})\])?",
    re.DOTALL,
)
# No alternative for a quote that is never closed: to look for its end from each of many quotes would take forever.
_BEFORE_REASON: Final = re.compile(r'((?:[^":]++|"(?:[^"\\]|\\.)*+"|:(?! ))*+): ', re.DOTALL)
_NEXT_HOST: Final = re.compile(r" H=(?:[^\s\[]\S{0,255} )?(?:\([^\s()]{0,255}\) )?\[(?P<address>[^\s\[\]]{1,60})\]")
_TIMINGS: Final = re.compile(r"(?: (?:QT|DT|RT)=[0-9a-z.]{1,20})+$")
"""What ``log_selector`` adds to the end of a line, after the reason."""
_ESCAPED: Final = re.compile(r'\\([n"\\])')
_AFTER: Final = re.compile(
    r"(?: after | in response to )(?:pipelined )?"
    r"(initial connection|sending data block|end of data|[A-Z]{4,8}(?: FROM| TO)?)"
)
_REPLY: Final = re.compile(r": (?:host (\S{1,255}) \[[^\s\[\]]{0,60}\]: )?(?=[2-5][0-9][0-9](?:[ \n-]|$))")
_HOST: Final = re.compile(r"(?:host|connected to) (\S{1,255}) \[[^\s\[\]]{0,60}\]")
_STAGES: Final = {
    "initial connection": Stage.CONNECT,
    "EHLO": Stage.EHLO,
    "HELO": Stage.EHLO,
    "LHLO": Stage.EHLO,
    "MAIL FROM": Stage.MAIL,
    "RCPT TO": Stage.RCPT,
    "DATA": Stage.DATA,
    "sending data block": Stage.END_OF_DATA,
    "end of data": Stage.END_OF_DATA,
}
_ANSWERED: Final = ("SMTP error from remote ", "LMTP error ")
_OF_DIALOGUE: Final = (*_ANSWERED, "SMTP timeout ", "LMTP timeout ", "Remote host ")
_UNREACHED: Final = (
    "Connection refused",
    "Connection timed out",
    "Operation timed out",
    "No route to host",
    "Network is unreachable",
)


def read(
    lines: Iterable[LogLine], year: int | None = None, *, memory: QueueMemory | None = None
) -> Iterator[Event | BadLine]:
    """Yield an event for every delivery, deferral and failure. Times without a time zone are UTC.

    Exim logs time zones, return-paths of deliveries and its own address if ``log_selector`` has ``+millisec`` or
    ``log_timezone``, ``+sender_on_delivery`` or ``+return_path_on_delivery``, and ``+outgoing_interface``. An address
    routed to ``:blackhole:`` was suppressed. ``year`` is for syslog's dates, where Exim writes no time of its own. Of a
    message that a content filter took and handed back, only what became of it then is an event.
    """
    log = _Log(QueueMemory() if memory is None else memory)
    return log.hops.in_order(read_undressed(lines, year, log.events))


class _Log:
    """Keeps what the lines about arrivals say, for the lines about deliveries."""

    def __init__(self, memory: QueueMemory) -> None:
        self._memory = memory
        self.hops = Hops()

    def events(self, line: BareLine) -> Iterable[Event | BadLine]:
        """Return the events of a line; raises UnreadableError."""
        found = _LINE.match(line.text)
        if found is None:
            if PART_OF_LINE.match(line.text):
                raise UnreadableError("a part of a line of which the part before it is missing")
            if line.text.strip() and not line.program and not line.is_dated:
                raise UnreadableError("not a line of Exim")
            return ()
        queue_id, flag, rest = found["id"], found["flag"], found["rest"] or ""
        if flag == "Completed":
            self._memory.remove(queue_id)
            return ()
        address = _ADDRESS.match(rest)
        if address is None:
            raise UnreadableError("no address")
        if flag == "<=":
            message = self._memory.enter(queue_id)
            message.return_path = name(address[0])
            message.message_id = message_id(_fields(rest[address.end() :]).get("id", ""))
            self.hops.enter(queue_id, message.message_id)
            return ()
        event = _delivery(_KINDS[flag], address[0], rest[address.end() :])
        message = self._memory.recall(queue_id)
        event = event._replace(
            at=line.at, message_id=message.message_id, return_path=event.return_path or message.return_path
        )
        host = _NEXT_HOST.search(rest)
        near = is_near(host["address"]) if host else " T=" in rest
        event = unless_discarded(event, is_near=near)
        original = _ORIGINAL.match(rest, address.end())
        return self.hops.take(event, Delivery(queue_id, near, original[1] if original else ""))


def _delivery(kind: EventKind, address: str, rest: str) -> Event:
    about, reason = rest, ""
    if address.endswith(":") and address != _DISCARDED:
        about, address, reason = "", address.removesuffix(":"), rest.removeprefix(" ")
    elif kind is not EventKind.DELIVERED and (before := _BEFORE_REASON.match(rest)):
        about, reason = before[1], rest[before.end() :]
    fields = _fields(about)
    if address == _DISCARDED:
        kind, reason = EventKind.SUPPRESSED, address
    reply, stage, host = _outcome(kind, fields, reason)
    # For a mailbox, a file or a pipe, the address that it was derived from comes after it.
    original = _ORIGINAL.search(about.partition(" R=")[0])
    derived = "@" not in address or address.startswith(("/", "|"))
    return Event(
        kind,
        recipient(original[1] if original and derived else address),
        return_path=name(fields.get("P", fields.get("F", ""))),
        local_address=name(_bare(fields.get("I", ""))),
        mx=name(host or fields.get("H", "")),
        stage=stage,
        code=reply.code,
        enhanced=reply.enhanced,
        text=reply.text,
    )


def _outcome(kind: EventKind, fields: dict[str, str], reason: str) -> tuple[QuotedReply, Stage | None, str]:
    """Return the reply, its stage, and the host that replied, if the reason names these."""
    if kind is EventKind.DELIVERED:
        reply = parse_reply(_plain(fields.get("C", "")))
        return reply, Stage.END_OF_DATA if reply.code else None, ""
    words = _plain(_TIMINGS.sub("", reason))
    after = _AFTER.search(words) if words.startswith(_OF_DIALOGUE) else None
    stage = _STAGES.get(after[1]) if after else None
    quoted = _REPLY.search(words, after.end()) if after and words.startswith(_ANSWERED) else None
    if quoted:
        return parse_reply(words[quoted.end() :]), stage, quoted[1] or ""
    if words.startswith(_UNREACHED) and "T" in fields:
        stage = Stage.CONNECT
    host = _HOST.search(words) if after else None
    return QuotedReply(None, None, kept(words)), stage, host[1] if host else ""


def _fields(text: str) -> dict[str, str]:
    """Return fields by key, the first of each; for a host its name, or its address if it has no name."""
    fields: dict[str, str] = {}
    for field in _FIELD.finditer(text):
        value = field["value"]
        if value.startswith('"'):
            value = value[1:].removesuffix('"')
        elif value.startswith("(") and field["address"]:
            value = field["address"]  # in parentheses is the name that the server gave itself; it is not verified
        elif field["key"] == "H":
            value = _bare(value)
        fields.setdefault(field["key"], value)
    return fields


def _bare(value: str) -> str:
    """Return the address in ``[address]:port``; a name is unchanged."""
    return value.partition("]")[0].removeprefix("[")


def _plain(text: str) -> str:
    """Return a text without Exim's escapes; octal escapes remain."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)
