"""Joins what another mail system logged with what our gateways decided, event by event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from fake_gateways.truth import Fate, Truth
from probe.intake.event import Event, EventKind

_HEARD = {EventKind.DELIVERED, EventKind.DEFERRED, EventKind.REFUSED}


@dataclass
class JoinedEvents:
    """Every reported event with the decision behind it, and what is left over on either side."""

    pairs: list[tuple[Event, Truth]] = field(default_factory=list)
    unknown_events: list[Event] = field(default_factory=list)
    unreported_truths: list[Truth] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is left over."""
        return not (self.unknown_events or self.unreported_truths)


def join_events(truths: Iterable[Truth], events: Iterable[Event]) -> JoinedEvents:
    """Match events that heard a reply with decisions, in the order of both.

    A gateway learns the Message-ID with the content, so a decision taken before it has none: it matches an event about
    the same recipient with the same code. Before RCPT a decision names no recipient, only return-path and peer.
    """
    waiting: dict[str, list[Truth]] = defaultdict(list)
    for truth in truths:
        if truth.fate != Fate.CUT:
            waiting[truth.recipient.lower()].append(truth)
    joined = JoinedEvents()
    for event in events:
        if event.kind not in _HEARD or event.code is None:
            continue  # nobody decided this but the network, or the reporting system itself
        of_recipient, of_nobody = waiting[event.recipient.lower()], waiting[""]
        found = next((truth for truth in of_recipient if _agree(event, truth)), None)
        if found is not None:
            of_recipient.remove(found)
        else:
            found = next((truth for truth in of_nobody if _agree(event, truth)), None)
            if found is not None:
                of_nobody.remove(found)
        if found is None:
            joined.unknown_events.append(event)
        else:
            joined.pairs.append((event, found))
    joined.unreported_truths = [truth for left in waiting.values() for truth in left]
    return joined


def _agree(event: Event, truth: Truth) -> bool:
    """Whether an event can be about a decision: what was said is what was heard, of the same message."""
    if event.code != truth.code:
        return False
    if truth.message_id and event.message_id and truth.message_id != event.message_id:
        return False
    return not (truth.return_path and event.return_path) or truth.return_path.lower() == event.return_path.lower()
