"""Follows mail through content filters on its way out, so that a log has one delivery for each recipient, the last.

A filter such as amavis takes a message from the queue and hands it back under a new queue id. It says which one
("queued as"), or only the Message-ID is the same (https://www.postfix.org/FILTER_README.html).
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple

from probe.intake.event import BadLine, Event, EventKind

_MOST: Final = 20_000
"""Messages that are remembered, and events that are held back, at most."""
_PATIENCE: Final = 2_000
"""Notes in the log within which a filter that names no queue id hands a message back."""
_NEAR: Final = [
    ip_network(each)
    for each in ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")
]
_QUEUED_AS: Final = re.compile(r"\b(?:queued as|OK id=) ?<?([0-9A-Za-z-]{5,40})", re.IGNORECASE)

_DISCARDED: Final = re.compile(r"\bOk, discarded\b|\bDISCARD\(", re.IGNORECASE)


def unless_discarded(event: Event, *, is_near: bool) -> Event:
    """Return an event; it is no delivery if a content filter on the way out says that it dropped the mail."""
    if event.kind is EventKind.DELIVERED and is_near and _DISCARDED.search(event.text):
        return suppressed(event)
    return event


def suppressed(event: Event) -> Event:
    """Return the event of mail that the system did not send, without what it says of a reply."""
    return event._replace(kind=EventKind.SUPPRESSED, mx="", stage=None, code=None, enhanced=None, is_own_status=False)


def is_near(address: str) -> bool:
    """Whether a relay's address is of this host or a private network, where content filters are."""
    try:
        found = ip_address(address)
    except ValueError:
        return "/" in address or address == "localhost"
    return any(found in network for network in _NEAR if network.version == found.version)


class Delivery(NamedTuple):
    """What a log tells about a delivery apart from the event: the queue id, and whether it went to a near relay.

    ``original`` is the recipient before aliases, "" if there were none.
    """

    queue_id: str
    is_near: bool = False
    original: str = ""


@dataclass(slots=True, eq=False)
class _Message:
    number: int
    message_id: str = ""
    told: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class _Held:
    event: Event | BadLine | None
    since: int
    is_open: bool = False
    queue_id: str = ""
    next_id: str = ""
    message_id: str = ""
    names: frozenset[str] = frozenset()


class Hops:
    """Passes events on in the order of the log, without deliveries to a filter that handed the message back."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._notes = 0
        self._messages: OrderedDict[str, _Message] = OrderedDict()
        self._queue: deque[_Held] = deque()
        self._open: dict[str, list[_Held]] = {}
        self._of_message_id: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return max(len(self._messages), len(self._queue))

    def enter(self, queue_id: str, message_id: str = "") -> None:
        """Note that a message is in the queue, and its Message-ID where the log has it."""
        self._notes += 1
        message = self._messages.get(queue_id)
        if message is None:
            message = self._messages[queue_id] = _Message(self._notes)
            if len(self._messages) > self._most:
                self._forget()
        if message_id and message.message_id != message_id:
            message.message_id = message_id
            several = self._of_message_id.setdefault(message_id, [])
            several.append(queue_id)
            # No filter chain is longer; somebody may send everything under one Message-ID.
            del several[:-10]

    def _forget(self) -> None:
        queue_id, message = self._messages.popitem(last=False)
        several = self._of_message_id.get(message.message_id, [])
        if queue_id in several:
            several.remove(queue_id)
        if not several:
            self._of_message_id.pop(message.message_id, None)

    def in_order(self, found: Iterable[Event | BadLine]) -> Iterator[Event | BadLine]:
        """Yield what ``take`` gave out, with the bad lines in their places, and at the end what was held back."""
        for each in found:
            yield from self.take(each) if isinstance(each, BadLine) else (each,)
        yield from self._certain(is_end=True)

    def take(self, event: Event | BadLine, delivery: Delivery | None = None) -> Iterator[Event | BadLine]:
        """Take an event in, and yield those that are certain now."""
        self._notes += 1
        if delivery is None or isinstance(event, BadLine):
            self._queue.append(_Held(event, self._notes))
        else:
            self.enter(delivery.queue_id)
            self._deliver(event, delivery)
        yield from self._certain()

    def _deliver(self, event: Event, delivery: Delivery) -> None:
        message = self._messages[delivery.queue_id]
        names = frozenset(filter(None, (event.recipient.lower(), delivery.original.lower())))
        message.told |= names
        for key in (delivery.queue_id, message.message_id):
            for held in self._open.get(key, ()):
                if held.names & names and self._is_next(held, delivery.queue_id):
                    held.event, held.is_open = None, False
        held = _Held(event, self._notes, queue_id=delivery.queue_id, message_id=message.message_id, names=names)
        self._queue.append(held)
        if event.kind is not EventKind.DELIVERED:
            return
        quoted = _QUEUED_AS.findall(event.text)
        held.next_id = quoted[-1] if quoted and quoted[-1] != delivery.queue_id else ""
        if not (delivery.is_near or held.next_id in self._messages):
            return
        follow = [held.next_id] if held.next_id else self._of_message_id.get(message.message_id, [])
        if any(self._is_next(held, each) and names & self._messages[each].told for each in follow):
            held.event = None
        elif held.next_id or message.message_id:
            held.is_open = True
            self._open.setdefault(held.next_id or message.message_id, []).append(held)

    def _is_next(self, held: _Held, queue_id: str) -> bool:
        """Whether a message is the one that the filter handed back."""
        first, then = self._messages.get(held.queue_id), self._messages.get(queue_id)
        if then is None or queue_id == held.queue_id:
            return False
        is_same = held.message_id == then.message_id
        if held.next_id:
            return held.next_id == queue_id and (is_same or not (held.message_id and then.message_id))
        return is_same and (first is None or then.number > first.number)

    def _is_awaited(self, held: _Held) -> bool:
        follow = [held.next_id] if held.next_id else self._of_message_id.get(held.message_id, [])
        return any(self._is_next(held, each) for each in follow)

    def _certain(self, *, is_end: bool = False) -> Iterator[Event | BadLine]:
        while self._queue:
            held = self._queue[0]
            if held.is_open and not is_end and len(self._queue) <= self._most:
                is_recent = self._notes - held.since <= _PATIENCE
                if is_recent or self._is_awaited(held):
                    return
            self._queue.popleft()
            key = held.next_id or held.message_id
            if held.is_open or held.event is None:
                self._close(key, held)
            if held.event is not None:
                yield held.event

    def _close(self, key: str, held: _Held) -> None:
        several = self._open.get(key)
        if several is not None and held in several:
            several.remove(held)
            if not several:
                del self._open[key]
