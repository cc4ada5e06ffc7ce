"""Remembers messages between the log lines about them, up to a limit."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from probe.intake.event import Event


@dataclass(slots=True)
class QueuedMessage:
    """A message in the queue of the logging system; ``deferred`` has the last deferral of each waiting recipient."""

    return_path: str = ""
    message_id: str = ""
    deferred: dict[str, Event] = field(default_factory=dict)


class QueueMemory:
    """Messages by queue id. Beyond ``most`` (at least 1) messages or deferrals, the least recently seen are dropped."""

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._messages: OrderedDict[str, QueuedMessage] = OrderedDict()
        self._deferrals = 0

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def deferrals(self) -> int:
        """The number of remembered deferrals."""
        return self._deferrals

    def recall(self, queue_id: str) -> QueuedMessage:
        """Return what is known of a message; an empty entry if it is unknown or forgotten."""
        return self._messages.get(queue_id) or QueuedMessage()

    def enter(self, queue_id: str) -> QueuedMessage:
        """Return the entry of a message for changes, and mark it as seen just now."""
        message = self._messages.setdefault(queue_id, QueuedMessage())
        self._messages.move_to_end(queue_id)
        self._forget()
        return message

    def defer(self, queue_id: str, event: Event) -> None:
        """Remember a recipient's deferral instead of the earlier one."""
        deferred = self.enter(queue_id).deferred
        self._deferrals += event.recipient not in deferred
        deferred[event.recipient] = event
        self._forget()

    def settle(self, queue_id: str, recipient: str) -> None:
        """Forget a recipient's deferral, after its delivery succeeded or was given up."""
        if self.recall(queue_id).deferred.pop(recipient, None) is not None:
            self._deferrals -= 1

    def remove(self, queue_id: str) -> None:
        """Forget a message that has left the queue."""
        message = self._messages.pop(queue_id, None)
        self._deferrals -= len(message.deferred) if message else 0

    def _forget(self) -> None:
        while len(self._messages) > self._most or self._deferrals > self._most:
            self.remove(next(iter(self._messages)))
