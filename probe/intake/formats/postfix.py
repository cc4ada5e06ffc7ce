"""The log of Postfix, through syslog or written by Postfix itself (https://www.postfix.org/MAILLOG_README.html).

A delivery line has the recipient, the remote host and its reply. Lines of the queue manager and of cleanup have the
return-path and the message id for a queue id. Postfix does not document the lines in one place; see
https://www.postfix.org/DEBUG_README.html and https://www.postfix.org/bounce.8.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import Stage
from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.reading.lines import UnreadableError, read_each
from probe.intake.reading.queue_memory import QueueMemory
from probe.intake.reading.quoted import QuotedReply, kept, message_id, moment, name, parse_reply, recipient, status

_LINE: Final = re.compile(
    r"(?:(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2}T\S{1,40})|(?P<date>[A-Z][a-z]{2} {1,2}[0-9]{1,2} [0-9:]{8}))"
    r" \S{1,255} postfix[^\s\[:]{0,200}(?:\[[0-9]{1,10}\])?: "
    r"(?P<queue_id>[0-9A-Za-z]{5,40}): (?P<note>.*)",
    re.DOTALL,
)
_DELIVERY: Final = re.compile(
    r"to=<(?P<recipient>[^>]*)>, (?:orig_to=<[^>]*>, )?relay=(?P<relay>[^,]*), (?:conn_use=[0-9]+, )?"
    r"delay=[^,]*, (?:delays=[^,]*, )?(?:dsn=(?P<dsn>[^,]*), )?status=(?P<status>\w+)(?: (?P<why>.*))?",
    re.DOTALL,
)
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

_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_OUT_OF_ORDER: Final = timedelta(days=30)
"""Daemons write in parallel, so lines may be out of order. A larger step back in time is a new year."""


def read(
    lines: Iterable[LogLine], year: int | None = None, *, memory: QueueMemory | None = None
) -> Iterator[Event | BadLine]:
    """Yield an event for every delivery, deferral and bounce, also for recipients whose message expired in the queue.

    ``year`` is the year of the first line, for timestamps without a year; without it their times are unknown. They are
    UTC. A content filter on the same host counts as a relay: a message that it accepts is delivered.
    """
    return read_each(lines, _Log(year, QueueMemory() if memory is None else memory).events)


class _Because(NamedTuple):
    """The reason of a delivery's result: the host, the stage and the reply."""

    mx: str
    stage: Stage | None
    reply: QuotedReply


class _Log:
    """Keeps what earlier lines say, to understand later lines."""

    def __init__(self, year: int | None, memory: QueueMemory) -> None:
        self._dates = _Dates(year)
        self._memory = memory

    def events(self, text: str) -> Iterable[Event]:
        """Return the events of a line; raises UnreadableError."""
        line = _LINE.match(text)
        if line is None:
            return ()
        # Read the date of every line, to notice a new year between two deliveries.
        at = moment(line["iso"]) if line["iso"] else self._dates.read(line["date"])
        queue_id, note = line["queue_id"], line["note"]
        if note.startswith("to=<"):
            return self._delivery(queue_id, note, at)
        if note == "removed":
            self._memory.remove(queue_id)
        elif note.startswith("message-id="):
            self._memory.enter(queue_id).message_id = message_id(note.removeprefix("message-id="))
        elif note.startswith("from=<"):
            return_path, _, rest = note.removeprefix("from=<").partition(">, ")
            if rest.startswith(("status=expired", "status=force-expired")):
                return self._expiry(queue_id, at)
            self._memory.enter(queue_id).return_path = name(return_path)
        return ()

    def _expiry(self, queue_id: str, at: float | None) -> Iterable[Event]:
        waiting = [*self._memory.recall(queue_id).deferred.values()]
        for event in waiting:
            self._memory.settle(queue_id, event.recipient)
        return [event._replace(kind=EventKind.REFUSED, at=at) for event in waiting]

    def _delivery(self, queue_id: str, note: str, at: float | None) -> Iterable[Event]:
        delivery = _DELIVERY.match(note)
        if delivery is None:
            raise UnreadableError("a delivery line in an unknown form")
        if delivery["status"] in _PROBED:
            return ()
        kind = _KINDS.get(delivery["status"])
        if kind is None:
            raise UnreadableError(f"status {delivery['status'][:40]!r} is unknown")
        message = self._memory.recall(queue_id)
        because = _because(kind, (delivery["why"] or "").removeprefix("(").removesuffix(")"))
        relay, bracket, _ = delivery["relay"].partition("[")
        event = Event(
            kind,
            recipient(delivery["recipient"]),
            at,
            message_id=message.message_id,
            return_path=message.return_path,
            mx=name(because.mx or (relay if bracket else "")),
            stage=because.stage,
            code=because.reply.code,
            enhanced=because.reply.enhanced or status(delivery["dsn"] or ""),
            text=because.reply.text,
        )
        if kind is EventKind.DEFERRED:
            self._memory.defer(queue_id, event)
        else:
            self._memory.settle(queue_id, event.recipient)
        return (event,)


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


class _Dates:
    """Parses syslog's dates, which have no year (RFC 3164 section 4.1.2); the order of the lines gives the year."""

    def __init__(self, year: int | None) -> None:
        self._year = year
        self._last: datetime | None = None

    def read(self, text: str) -> float | None:
        """Return seconds since the epoch, None if the year is unknown; raises UnreadableError."""
        # Without a year, use a leap year, in which every date is valid.
        year = self._year or 2000
        try:
            time = _date(text, year)
            if self._last and time < self._last - _OUT_OF_ORDER:
                year += 1
            elif self._last and time > self._last + timedelta(days=365) - _OUT_OF_ORDER:
                return _date(text, year - 1).timestamp()  # a late line of last December
            time = _date(text, year)
        except ValueError:
            raise UnreadableError(f"{text!r} is not a date") from None
        if self._year is None:
            return None
        self._year, self._last = year, max(time, self._last or time)
        return time.timestamp()


def _date(text: str, year: int) -> datetime:
    month, day, clock = text.split()
    hours, minutes, seconds = map(int, clock.split(":"))
    return datetime(year, _MONTHS.index(month) + 1, int(day), hours, minutes, seconds, tzinfo=UTC)
