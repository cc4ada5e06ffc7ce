"""The log of Postfix, through syslog or written by Postfix itself (https://www.postfix.org/MAILLOG_README.html).

A delivery line has the recipient, the remote host and its reply. Lines of the queue manager and of cleanup have the
return-path and the message id for a queue id. Postfix does not document the lines in one place; see
https://www.postfix.org/DEBUG_README.html and https://www.postfix.org/bounce.8.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import Stage
from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.reading.hops import Delivery, Hops, is_near, suppressed, unless_discarded
from probe.intake.reading.line_dress import BareLine, read_undressed
from probe.intake.reading.lines import UnreadableError
from probe.intake.reading.queue_memory import QueueMemory
from probe.intake.reading.quoted import QuotedReply, kept, message_id, name, parse_reply, recipient, status

_NOTE: Final = re.compile(r"\s*(?P<queue_id>[0-9A-Za-z]{5,40}): (?P<note>.*)", re.DOTALL)
_ADDRESS: Final = r'<(?:"(?:[^"\\]|\\.){0,500}+"|[^>"]){0,1000}+>'
_DELIVERY: Final = re.compile(
    rf"to=(?P<recipient>{_ADDRESS}|[^,]*), (?P<about>(?:(?!status=)[\w.-]{{1,40}}=(?:{_ADDRESS}|[^,]*+), )*)"
    r"status=(?P<status>[\w-]+)(?:, [\w.-]{1,40}=[^,\s]*)*(?: (?P<why>.*))?",
    re.DOTALL,
)
_ABOUT: Final = re.compile(rf"(?P<key>[\w.-]{{1,40}})=(?P<value>{_ADDRESS}|[^,]*+), ")
"""Which pairs there are depends on the version: 2.3 brought ``delays`` and ``dsn``, 3.11 ``tls``."""
_HOST: Final = r"(?P<host>[^\s\[\]]{1,255})\[[^\s\[\]]{0,255}\](?::[^\s:]{1,20})?"
_AGAIN: Final = r"(?:delivery temporarily suspended: )?"
_QUOTED: Final = re.compile(
    _AGAIN + r"(?:SASL authentication failed; )?(?:host|server) " + _HOST + r" (?P<how>said|refused to talk to me): "
)
_UNREACHED: Final = re.compile(_AGAIN + "connect to " + _HOST + ": ")
_BROKEN: Final = re.compile(
    _AGAIN + "(?:lost connection|conversation) with " + _HOST + r"(?: timed out)? while (?P<doing>[A-Za-z ]{1,60})"
)

_KINDS: Final = {
    "sent": EventKind.DELIVERED,
    "deferred": EventKind.DEFERRED,
    "SOFTBOUNCE": EventKind.DEFERRED,
    "bounced": EventKind.REFUSED,
    "expired": EventKind.REFUSED,
}
_PROBED: Final = {"deliverable", "undeliverable"}
"""Results of address verification and ``sendmail -bv``, which send no mail."""

_COMMANDS: Final = {
    "EHLO": Stage.EHLO,
    "HELO": Stage.EHLO,
    "LHLO": Stage.EHLO,
    "MAIL FROM": Stage.MAIL,
    "RCPT TO": Stage.RCPT,
    "DATA": Stage.DATA,
    "end of DATA": Stage.END_OF_DATA,
}
_DOING: Final = {
    "receiving the initial server greeting": Stage.CONNECT,
    "performing the EHLO handshake": Stage.EHLO,
    "performing the HELO handshake": Stage.EHLO,
    "performing the LHLO handshake": Stage.EHLO,
    "sending MAIL FROM": Stage.MAIL,
    "sending RCPT TO": Stage.RCPT,
    "sending DATA command": Stage.DATA,
    "sending message body": Stage.END_OF_DATA,
    "sending end of data": Stage.END_OF_DATA,
}


def read(
    lines: Iterable[LogLine], year: int | None = None, *, memory: QueueMemory | None = None
) -> Iterator[Event | BadLine]:
    """Yield an event for every delivery, deferral and bounce, also for recipients whose message expired in the queue.

    ``year`` is the year of the first line, for timestamps without a year; without it their times are unknown. They are
    UTC. Of a message that a content filter took and handed back, only what became of it then is an event. What a filter
    or the transport ``discard`` dropped was suppressed.
    """
    log = _Log(QueueMemory() if memory is None else memory)
    return log.hops.in_order(read_undressed(lines, year, log.events))


class _Because(NamedTuple):
    """The reason of a delivery's result: the host, the stage and the reply."""

    mx: str
    stage: Stage | None
    reply: QuotedReply


class _Log:
    """Keeps what earlier lines say, to understand later lines."""

    def __init__(self, memory: QueueMemory) -> None:
        self._memory = memory
        self.hops = Hops()

    def events(self, line: BareLine) -> Iterable[Event | BadLine]:
        """Return the events of a line; raises UnreadableError."""
        found = _NOTE.match(line.text)
        if found is None:
            if line.text.strip() and not line.program:
                raise UnreadableError("not a line of Postfix")
            return ()
        queue_id, note = found["queue_id"], found["note"]
        if note.startswith("to=<"):
            return self._delivery(queue_id, note, line)
        if note == "removed":
            self._memory.remove(queue_id)
        elif note.startswith("message-id="):
            identifier = message_id(note.removeprefix("message-id="))
            self._memory.enter(queue_id).message_id = identifier
            self.hops.enter(queue_id, identifier)
        elif note.startswith("from=<"):
            return_path, _, rest = note.removeprefix("from=<").partition(">, ")
            if rest.startswith(("status=expired", "status=force-expired")):
                return self._expiry(queue_id, line.at)
            self._memory.enter(queue_id).return_path = name(return_path)
        return ()

    def _expiry(self, queue_id: str, at: float | None) -> Iterable[Event | BadLine]:
        waiting = [*self._memory.recall(queue_id).deferred.values()]
        for event in waiting:
            self._memory.settle(queue_id, event.recipient)
        for event in waiting:
            yield from self.hops.take(event._replace(kind=EventKind.REFUSED, at=at))

    def _delivery(self, queue_id: str, note: str, line: BareLine) -> Iterable[Event | BadLine]:
        delivery = _DELIVERY.match(note)
        if delivery is None:
            raise UnreadableError("a delivery line in an unknown form")
        if delivery["status"] in _PROBED:
            return ()
        kind = _KINDS.get(delivery["status"])
        if kind is None:
            raise UnreadableError(f"status {delivery['status'][:40]!r} is unknown")
        message = self._memory.recall(queue_id)
        why = (delivery["why"] or "").removeprefix("(").removesuffix(")")
        because = _because(kind, why)
        about = {pair["key"]: pair["value"] for pair in _ABOUT.finditer(delivery["about"])}
        relay, bracket, address = about.get("relay", "").partition("[")
        event = Event(
            kind,
            recipient(delivery["recipient"]),
            line.at,
            message_id=message.message_id,
            return_path=message.return_path,
            mx=name(because.mx or (relay if bracket else "")),
            stage=because.stage,
            code=because.reply.code,
            enhanced=because.reply.enhanced or status(about.get("dsn", "")),
            text=because.reply.text,
            is_own_status=because.reply.enhanced is None and bool(because.reply.code and status(about.get("dsn", ""))),
        )
        near = why.startswith("delivered via ") or is_near(address.partition("]")[0])
        is_dropped = kind is EventKind.DELIVERED and line.program.endswith("/discard")
        event = suppressed(event) if is_dropped else unless_discarded(event, is_near=near)
        if kind is EventKind.DEFERRED:
            self._memory.defer(queue_id, event)
        else:
            self._memory.settle(queue_id, event.recipient)
        return self.hops.take(event, Delivery(queue_id, near, name(about.get("orig_to", ""))))


def _because(kind: EventKind, why: str) -> _Because:
    if kind is EventKind.DELIVERED:
        reply = parse_reply(why)
        return _Because("", Stage.END_OF_DATA if reply.code else None, reply)
    if quoted := _QUOTED.match(why):
        if quoted["how"] == "refused to talk to me":
            return _Because(quoted["host"], Stage.CONNECT, parse_reply(why[quoted.end() :]))
        # The reply itself may contain these words; Postfix's own are the last ones.
        before, mark, command = why[quoted.end() :].rpartition(" (in reply to ")
        reply = parse_reply(before) if mark else parse_reply(command)
        return _Because(quoted["host"], _COMMANDS.get(command.partition(" command")[0]), reply)
    words = QuotedReply(None, None, kept(why))
    if unreached := _UNREACHED.match(why):
        return _Because(unreached["host"], Stage.CONNECT, words)
    if broken := _BROKEN.match(why):
        doing = broken["doing"]
        return _Because(
            broken["host"], next((at for what, at in _DOING.items() if doing.startswith(what)), None), words
        )
    return _Because("", None, words)
