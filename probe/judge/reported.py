"""What another mail system said of a campaign, recipient by recipient, as a sender who believed it would act on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.truth import Cause
from probe.classify.by_code import cause_of_numbers
from probe.classify.reading import Advice, Reading
from probe.intake.event import Event, EventKind
from probe.judge.story import Key
from probe.returned_mail.verp import decode

CauseOf = Callable[[str], Cause | None]
"""Returns the cause that the system's own class stands for, None where it is no bounce or nobody knows."""
_SAY_NOTHING: Final = {EventKind.COMPLAINT, EventKind.AUTO_REPLY, EventKind.OPENED, EventKind.CLICKED}


@dataclass
class Reported:
    """Events by campaign and recipient in the order they happened, and what cannot be counted among them.

    ``strangers`` are about nobody in the books, ``duplicates`` were there before, ``silent`` are recipients of whom
    nothing was said.
    """

    events: dict[Key, list[Event]] = field(default_factory=dict)
    strangers: list[Event] = field(default_factory=list)
    duplicates: list[Event] = field(default_factory=list)
    silent: list[Key] = field(default_factory=list)


def gather(
    events: Iterable[Event], begun: Mapping[Key, float], message_ids: Mapping[str, str] | None = None
) -> Reported:
    """Sort events under the recipients they are about.

    ``begun`` holds every recipient of each campaign, and when it was first tried (seconds since the epoch);
    ``message_ids`` tells the campaign of a Message-ID. Where an event names no campaign, and its return-path none, it
    belongs to the last that had begun by then.
    """
    by_recipient: dict[str, list[tuple[float, Key]]] = {}
    for key, at in sorted(begun.items(), key=lambda item: item[1]):
        by_recipient.setdefault(key[1].lower(), []).append((at, key))
    found = Reported()
    seen: set[Event] = set()
    for event in events:
        if event in seen:
            found.duplicates.append(event)
            continue
        seen.add(event)
        candidates = by_recipient.get(event.recipient.lower(), [])
        about = _key_of(event, candidates, message_ids or {})
        if about is None:
            found.strangers.append(event)
        else:
            found.events.setdefault(about, []).append(event)
    for each in found.events.values():
        each.sort(key=lambda event: event.at or 0.0)
    found.silent = [key for key in begun if key not in found.events]
    return found


def _key_of(event: Event, candidates: list[tuple[float, Key]], message_ids: Mapping[str, str]) -> Key | None:
    verp = decode(event.return_path)
    names = {event.campaign, message_ids.get(event.message_id, ""), verp[0] if verp else ""} - {""}
    named = [key for _, key in candidates if key[0] in names]
    if named:
        return named[0]
    begun = [key for at, key in candidates if event.at is None or at <= event.at + 1.0]
    return begun[-1] if begun else next((key for _, key in candidates), None)


def read_reported(events: Iterable[Event], cause_of: CauseOf) -> Reading:
    """Return what a sender makes of a recipient's events: the last word counts, and a bounce after delivery is it.

    A class of the system's own goes before the numbers.
    """
    last = None
    for event in events:
        if event.kind not in _SAY_NOTHING and not (last is not None and last.kind is EventKind.BOUNCED_LATER):
            last = event
    if last is None:
        return Reading(None, "nothing was reported but what came after delivery")
    match last.kind:
        case EventKind.DELIVERED:
            return Reading(None, "reported as delivered")
        case EventKind.SUPPRESSED:
            return Reading(None, "suppressed by the reporting system", wish=Advice.SUPPRESS)
    if last.label:
        return Reading(cause_of(last.label), f"reported as {last.label}")
    if last.kind is EventKind.DEFERRED or (last.code is not None and last.code < 500):
        return Reading(Cause.SYSTEM, f"reported as {last.kind}: temporary")
    code = last.code or (550 if last.enhanced else None)
    if code is None:
        return Reading(Cause.NETWORK, "reported without a reply")
    cause, reason = cause_of_numbers(code, last.enhanced)
    return Reading(cause, f"reported, {reason}")
