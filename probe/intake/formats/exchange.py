"""Message traces of Exchange Online: exports as CSV, and what Get-MessageTraceV2 or Microsoft Graph return.

Formats: https://learn.microsoft.com/exchange/monitoring/trace-an-email-message/message-trace-modern-eac and
https://learn.microsoft.com/graph/api/resources/exchangemessagetrace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading.json_fields import Json, text, word
from probe.intake.reading.reply_text import reply_codes
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import Provider


def read(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event for each row of a summary report, and for each recipient's last state in an extended one.

    Mail that a rule or filter of the receiving organisation quarantined, and mail to a group, was accepted: DELIVERED.
    Mail filtered as spam is REFUSED with the label ``FilteredAsSpam``. Times are UTC, with the month first
    unless ``--dates`` says otherwise. A summary has no replies of servers; a detailed report has them, those of
    several recipients in the recipients' order.
    """
    return _PROVIDER.read(lines, hints)


_STATES: Final[dict[str, EventKind | None]] = {
    "Delivered": EventKind.DELIVERED,
    "Expanded": EventKind.DELIVERED,
    "Quarantined": EventKind.DELIVERED,
    "Resolved": EventKind.DELIVERED,
    "Pending": EventKind.DEFERRED,
    "Failed": EventKind.REFUSED,
    "FilteredAsSpam": EventKind.REFUSED,
    "Filtered as spam": EventKind.REFUSED,
    "GettingStatus": None,
    "Getting status": None,
    "None": None,
}
_STEPS: Final[dict[str, EventKind | None]] = {
    "Deliver": EventKind.DELIVERED,
    "Send": EventKind.DELIVERED,
    "SendExternal": EventKind.DELIVERED,
    "Expand": EventKind.DELIVERED,
    "Defer": EventKind.DEFERRED,
    "Fail": EventKind.REFUSED,
    "Drop": EventKind.REFUSED,
    "Spam": EventKind.REFUSED,
}
"""What happened on the way."""
_KINDS: Final = {step.lower(): kind for step, kind in _STEPS.items()}
_NO_OUTCOME: Final = (
    "Receive Submit Transfer Resolve Redirect Dsn AgentInfo Load NotifyMapi Process Throttle Suppressed HaReceive "
    "HaRedirect HaDiscard DuplicateDeliver DuplicateExpand PoisonMessage BadMail SubmitDefer SubmitFail Initiate"
).split()
_BETWEEN: Final = re.compile(r"(?<=\}\]);|;(?=\s*+(?:\[\{|[245][0-9]{2}[ -]))")
"""The semicolon before the next recipient's reply; a reply may hold semicolons too."""
_END: Final = re.compile(r"\}(?:;|\]|\Z)")
_HOST: Final = re.compile(r"\{FQDN=([^{}\s]++)\}")
_SPAM: Final = {"spam", "filteredasspam", "filtered as spam"}


def _refined(_: Json, event: Event) -> Iterator[Event]:
    yield event._replace(label="FilteredAsSpam" if event.label.lower() in _SPAM else "")


def _of_states(document: Json, event: Event) -> Iterator[Event]:
    """Yield the events of ``ann@acme.example##Receive, Fail;bob@acme.example##Receive, Deliver``."""
    for state in text(document, "recipient_status").split(";"):
        recipient, _, steps = state.partition("##")
        known = [step for step in (each.strip() for each in steps.split(",")) if step.lower() in _KINDS]
        if known and (kind := _KINDS[known[-1].lower()]) is not None:
            yield from _refined(document, event._replace(kind=kind, recipient=recipient.strip(), label=known[-1]))


def _of_recipients(document: Json, event: Event) -> Iterator[Event]:
    """Yield an event for each recipient, with its own reply."""
    recipients = _listed(document.get("recipient_address")) or [""]
    replies = _replies(document.get("recipient_status"), len(recipients))
    for recipient, status in zip(recipients, replies, strict=True):
        host = _HOST.search(status)
        before, found, last_error = status.partition("{LED=")
        said = _END.split(last_error, maxsplit=1)[0].strip() if found else before
        codes = reply_codes(said)
        about = event._replace(recipient=recipient, text=said, code=codes.code, enhanced=codes.enhanced)
        yield from _refined(document, about._replace(mx=host[1] if host else ""))


def _listed(value: object) -> list[str]:
    """Return the elements of an array, or of a text with semicolons."""
    elements = value if isinstance(value, list) else value.split(";") if isinstance(value, str) else []
    return [name for element in elements if (name := word({"": element}, ""))]


def _replies(value: object, count: int) -> list[str]:
    """Return the replies to so many recipients in their order; empty ones if it is unknown whose they are."""
    if isinstance(value, list):
        found = [text({"": element}, "") for element in value]
    else:
        whole = value if isinstance(value, str) else ""
        pieces = _BETWEEN.split(whole) if count > 1 else []
        several = [[each] if _BETWEEN.match(f";{each}") else each.split(";") for each in pieces] or [[whole]]
        found = [text({"": each}, "") for each in chain.from_iterable(several)]
    if len(found) == 1:
        return found * count
    return found if len(found) == count else [""] * count


_SUMMARY: Final = Shape(
    has="RecipientAddress Status",
    name="Status",
    kinds=_STATES,
    recipient="RecipientAddress",
    at="Received receivedDateTime date_time_utc origin_timestamp_utc Date",
    dates="mdy",
    message_id="MessageId",
    return_path="SenderAddress",
    local_address="FromIP",
    mx="ToIP",
    label="Status",
    refine=_refined,
)
_EXTENDED: Final = Shape(
    has="recipient_status origin_timestamp_utc",
    kind=EventKind.DELIVERED,
    at="origin_timestamp_utc",
    dates="mdy",
    message_id="message_id",
    return_path="sender_address",
    local_address="original_client_ip",
    refine=_of_states,
)
_DETAILED: Final = Shape(
    has="recipient_address event_id",
    name="event_id",
    kinds=_STEPS | dict.fromkeys(_NO_OUTCOME),
    at="date_time_utc date_time",
    dates="mdy",
    message_id="message_id",
    return_path="return_path sender_address",
    text="recipient_status",
    label="event_id",
    refine=_of_recipients,
)
_PROVIDER: Final = Provider("Exchange", (_DETAILED, _EXTENDED, _SUMMARY), envelopes=frozenset({"value"}))
