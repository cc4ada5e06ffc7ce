"""The events that another mail system reported of a campaign, and what a sender that believes them would do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.truth import Cause
from probe.classify.by_code import cause_of_numbers
from probe.classify.reading import Advice, Reading
from probe.classify.taxonomy import UnknownNameError
from probe.intake.event import Event, EventKind
from probe.judge.story import Key
from probe.returned_mail.verp import decode

CauseOf = Callable[[str], Cause | None]
"""Returns the cause of a class of the reporting system, None where the class is not a bounce or has no cause.

Raises UnknownNameError for an unknown class.
"""
_AFTER_DELIVERY: Final = {
    EventKind.COMPLAINT,
    EventKind.FEEDBACK,
    EventKind.AUTO_REPLY,
    EventKind.OPENED,
    EventKind.CLICKED,
}


@dataclass
class ReportedEvents:
    """Events by campaign and recipient in the order they happened, and those that are left out.

    ``strangers`` are about recipients that the books do not have, ``duplicates`` repeat an earlier event, ``silent``
    are recipients without an event.
    """

    events: dict[Key, list[Event]] = field(default_factory=dict)
    strangers: list[Event] = field(default_factory=list)
    duplicates: list[Event] = field(default_factory=list)
    silent: list[Key] = field(default_factory=list)


def sort_events(
    events: Iterable[Event], first_attempts: Mapping[Key, float], message_ids: Mapping[str, str] | None = None
) -> ReportedEvents:
    """Sort events by campaign and recipient.

    ``first_attempts`` has the time of the first attempt (seconds since the epoch) of every recipient in each campaign;
    ``message_ids`` has the campaign of each Message-ID. An event that names no campaign, by itself or by its
    return-path, belongs to the last campaign that had started.
    """
    by_recipient: dict[str, list[tuple[float, Key]]] = {}
    for key, at in sorted(first_attempts.items(), key=lambda item: item[1]):
        by_recipient.setdefault(key[1].lower(), []).append((at, key))
    found = ReportedEvents()
    seen: set[Event] = set()
    for event in events:
        if event in seen:
            found.duplicates.append(event)
            continue
        seen.add(event)
        candidates = by_recipient.get(event.recipient.lower()) or by_recipient.get(event.final_recipient.lower(), [])
        about = _key_of(event, candidates, message_ids or {})
        if about is None:
            found.strangers.append(event)
        else:
            found.events.setdefault(about, []).append(event)
    for each in found.events.values():
        each.sort(key=lambda event: event.at or 0.0)
    found.silent = [key for key in first_attempts if key not in found.events]
    return found


def _key_of(event: Event, candidates: list[tuple[float, Key]], message_ids: Mapping[str, str]) -> Key | None:
    verp = decode(event.return_path)
    names = {event.campaign, message_ids.get(event.message_id, ""), verp[0] if verp else ""} - {""}
    named = [key for _, key in candidates if key[0] in names]
    if named:
        return named[0]
    started = [key for at, key in candidates if event.at is None or at <= event.at + 1.0]
    return started[-1] if started else next((key for _, key in candidates), None)


def read_reported(events: Iterable[Event], cause_of: CauseOf) -> Reading:
    """Return the reading of a recipient's events: the last one counts, and a bounce after delivery overrides all.

    A class of the reporting system's own is preferred to codes, unless nobody knows what it means.
    """
    last = None
    for event in events:
        if event.kind not in _AFTER_DELIVERY and not (last is not None and last.kind is EventKind.BOUNCED_LATER):
            last = event
    if last is None:
        return Reading(None, "only events after delivery were reported")
    match last.kind:
        case EventKind.DELIVERED:
            return Reading(None, "reported as delivered")
        case EventKind.SUPPRESSED:
            return Reading(None, "suppressed by the reporting system", wish=Advice.SUPPRESS)
    if last.label:
        try:
            return Reading(cause_of(last.label), f"reported as {last.label}")
        except UnknownNameError:
            pass  # cause_of counts them, and codes remain
    if last.kind is EventKind.DEFERRED or (last.code is not None and last.code < 500):
        return Reading(Cause.SYSTEM, f"reported as {last.kind}: temporary")
    code = last.code or (550 if last.enhanced else None)
    if code is None:
        return Reading(Cause.NETWORK, "reported without a reply")
    cause, reason = cause_of_numbers(code, last.enhanced)
    return Reading(cause, f"reported, {reason}")
